// From the files of a run directory to the page.
#include "refract/report/run_report.h"

#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/table.h"
#include "refract/figures/stored.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

class RunReport : public testing::Test {
 protected:
  RunReport() : settings_(methods().front().name, data_sets().front().name) {}

  refract::Run make() {
    DataInfo info;
    info.name = "digits <fake>";
    info.checksums = {{"train.gz", "0123456789abcdef"}};
    info.factors = {"red", "scale"};
    info.note = "A fallback was taken.";
    return refract::Run::create(folder_ / "run", settings_, info, "refract train x --out \"a & b\"");
  }

  testing_support::TempFolder folder_;
  Settings settings_;
};

Figure drawn(size_t frames) {
  Figure figure{"picture" + std::to_string(frames), "A title", "A caption.", {}};
  for (size_t i = 0; i < frames; ++i)
    figure.frames.push_back(at::full({3, 8, 8}, static_cast<int64_t>(40 * i), at::kByte));
  return figure;
}

TEST_F(RunReport, ShowsARunThatHasOnlyBegun) {
  const refract::Run run = make();
  const Report report = read_report(run, "today");
  EXPECT_EQ(report.title, settings_.method + " on " + settings_.data);
  EXPECT_EQ(report.command, "refract train x --out \"a & b\"");
  EXPECT_EQ(report.note, "A fallback was taken.");
  EXPECT_EQ(report.options.size(), settings_.options.all().size());
  EXPECT_TRUE(report.tables.empty() && report.pictures.empty() && report.curves.empty());
  const auto has = [&](const std::string& value) {
    return std::any_of(report.facts.begin(), report.facts.end(), [&](const auto& f) { return f.second == value; });
  };
  EXPECT_TRUE(has("0123456789abcdef"));
  EXPECT_TRUE(has("digits <fake>"));
  EXPECT_TRUE(has("red, scale"));
}

TEST_F(RunReport, ShowsCurvesTablesAndPictures) {
  const refract::Run run = make();
  write_file(run.metrics_file(), "step,seconds,loss,kl\n20,1.5,3,4\n40,125,2,5\n");
  write_file(evaluation_file(run), to_json({{"probe", "T", "u", {"average"}, {{"e", {0.5}}}, "p"}}, 40));
  write_figures({drawn(1), drawn(3)}, figures_folder(run));

  const Report report = read_report(run, "today");
  ASSERT_EQ(report.curves.size(), 2U);
  EXPECT_EQ(report.curves[1].name, "kl");
  EXPECT_EQ(report.curves[1].x, (std::vector<double>{20, 40}));
  EXPECT_EQ(report.curves[1].y, (std::vector<double>{4, 5}));
  EXPECT_EQ(report.evaluated_step, 40);
  ASSERT_EQ(report.tables.size(), 1U);
  ASSERT_EQ(report.pictures.size(), 2U);
  EXPECT_EQ(report.pictures[0].type, "image/png");
  EXPECT_EQ(report.pictures[1].type, "image/gif");
  EXPECT_EQ(report.pictures[1].bytes.substr(0, 6), "GIF89a");
  const Report::Facts expected = {{"steps", "40"}, {"training time", "2 min"}};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), report.summary.begin()));
}

TEST_F(RunReport, WritesOnePage) {
  const refract::Run run = make();
  const std::filesystem::path file = write_report(run);
  EXPECT_EQ(file, run.path() / "report.html");
  EXPECT_EQ(read_file(file).substr(0, 15), "<!DOCTYPE html>");
}

// As of a run at 256 pixels, but harder: nothing is as large in a file as noise.
TEST_F(RunReport, StaysSmallWhateverItsPicturesTake) {
  const refract::Run run = make();
  std::vector<Figure> figures;
  for (const char* name : {"first", "second"})
    figures.push_back({name, "A title", "A caption.", {at::randint(0, 256, {3, 1200, 1600}).to(at::kByte)}});
  figures.push_back({"third", "A title", "A caption.", {}});
  for (int i = 0; i < 6; ++i) figures.back().frames.push_back(at::randint(0, 6, {3, 300, 900}).mul(50).to(at::kByte));
  write_figures(figures, figures_folder(run));
  const uintmax_t whole = std::filesystem::file_size(figures_folder(run) / "first.png");
  ASSERT_GT(whole, kMostReportBytes);

  const std::filesystem::path page = write_report(run);
  EXPECT_LE(std::filesystem::file_size(page), kMostReportBytes);
  EXPECT_GT(std::filesystem::file_size(page), kMostReportBytes / 4) << "smaller than it need be";
  const std::string html = read_file(page);
  EXPECT_NE(html.find("The folder figures beside it has the full pictures"), std::string::npos);
  EXPECT_NE(html.find("width=\"1600\" src=\"data:image/webp;base64,"), std::string::npos);
  EXPECT_NE(html.find("width=\"900\" src=\"data:image/webp;base64,"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(figures_folder(run) / "first.png"), whole);
}

TEST_F(RunReport, NamesTheDamagedFile) {
  const refract::Run run = make();
  write_file(evaluation_file(run), "{\"tables\": 3");
  try {
    read_report(run, "today");
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("evaluation.json"), std::string::npos);
  }
}

TEST_F(RunReport, FiguresReadBackAsListed) {
  EXPECT_TRUE(read_figures(folder_ / "none").empty());
  write_figures({drawn(1), drawn(2)}, folder_ / "some" / "figures");
  const std::vector<StoredFigure> found = read_figures(folder_ / "some" / "figures");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].file, "picture1.png");
  EXPECT_EQ(found[1].file, "picture2.gif");
  EXPECT_EQ(found[1].caption, "A caption.");
  write_file(folder_ / "some" / "figures" / "figures.json", "[{}]");
  EXPECT_THROW(read_figures(folder_ / "some" / "figures"), BadInput);
}

}  // namespace
}  // namespace refract
