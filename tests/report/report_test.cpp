#include "refract/report/report.h"

#include <gtest/gtest.h>

#include <regex>

#include "refract/report/html.h"

namespace refract {
namespace {

Report full() {
  Report report;
  report.title = "srb-vae on digit-style";
  report.note = "MNIST was not found.";
  report.command = "refract train srb-vae --data digit-style --out 'runs/a<b>&\"c\"'";
  report.date = "2026-01-02 03:04 UTC";
  report.summary = {{"steps", "7000"}, {"seed", "1"}};
  report.evaluated_step = 7000;
  report.tables = {{"probe",
                    "What regressors read",
                    "mean absolute error",
                    {"R<G", "average"},
                    {{"e", {0.05, 0.0625}, {0.004, 0.0025}}},
                    "5,000.",
                    "Not <distinguishable>."}};
  report.pictures = {{"Transfer & more", "Style <moves>.", "image/png", "PNGBYTES"},
                     {"Moving", "A.", "image/gif", "GIFBYTES"}};
  report.curves = {{"kl<e>", {1, 2, 3}, {3, 2, 1}}};
  report.options = {{"batch", "36", "36", "images", "images a step"}, {"data_dir", "/x/<script>", "", "", "where"}};
  report.facts = {{"refract: commit", "abc123"}, {"data: checksums: a&b.gz", "0123ff"}};
  return report;
}

TEST(Report, HoldsEverythingItWasGiven) {
  const std::string page = to_html(full());
  for (const char* part :
       {"srb-vae on digit-style", "MNIST was not found.", "2026-01-02 03:04 UTC", "7000", "What regressors read",
        "mean absolute error", "0.062 ± 0.003", "Not &lt;distinguishable&gt;.", "Style &lt;moves&gt;.", "images a step",
        "abc123", "0123ff", "a&amp;b.gz", "runs/a&lt;b&gt;&amp;&quot;c&quot;", "R&lt;G", "kl&lt;e&gt;",
        "/x/&lt;script&gt;", "<svg"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_NE(page.find(data_url("image/png", "PNGBYTES")), std::string::npos);
  EXPECT_NE(page.find(data_url("image/gif", "GIFBYTES")), std::string::npos);
}

TEST(Report, TellsWhatWasNotEvaluatedFromWhatCannotBe) {
  Report report = full();
  report.tables.clear();
  EXPECT_NE(to_html(report).find("No metric was measured"), std::string::npos);
  report.evaluated_step = 0;
  EXPECT_NE(to_html(report).find("Not evaluated yet"), std::string::npos);
}

TEST(Report, UserTextCannotBecomeMarkup) {
  const std::string page = to_html(full());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("a<b>"), std::string::npos);
  EXPECT_EQ(page.find("<moves>"), std::string::npos);
}

TEST(Report, RefersToNothingOutside) {
  const std::string page = to_html(full());
  const std::regex reference("(src|href|url)\\s*[=(]\\s*[\"']?([^\"' >)]{0,12})", std::regex::icase);
  size_t found = 0;
  for (auto it = std::sregex_iterator(page.begin(), page.end(), reference); it != std::sregex_iterator(); ++it, ++found)
    EXPECT_EQ((*it)[2].str().rfind("data:image/", 0), 0U) << it->str();
  EXPECT_EQ(found, 2U);
  for (const char* part : {"http://", "https://", "@import", "<link"})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
}

// Every opened element is closed in its order.
TEST(Report, IsWellFormed) {
  for (const Report& report : {full(), Report()}) {
    const std::string page = to_html(report);
    const std::regex tag("<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>");
    std::vector<std::string> open;
    for (auto it = std::sregex_iterator(page.begin(), page.end(), tag); it != std::sregex_iterator(); ++it) {
      const std::string name = (*it)[2];
      if (name == "meta" || name == "img" || (*it)[3] == "/") continue;
      if ((*it)[1] == "/") {
        ASSERT_FALSE(open.empty()) << name;
        ASSERT_EQ(open.back(), name);
        open.pop_back();
      } else {
        open.push_back(name);
      }
    }
    EXPECT_TRUE(open.empty());
  }
}

TEST(Report, SaysHowToGetWhatIsMissing) {
  const std::string page = to_html(Report());
  EXPECT_NE(page.find("refract evaluate"), std::string::npos);
  EXPECT_EQ(page.find("<h2>Pictures"), std::string::npos);
  EXPECT_EQ(page.find("<h2>Training"), std::string::npos);
}

TEST(Report, MarksOptionsThatDifferFromTheDefault) {
  const std::string page = to_html(full());
  EXPECT_NE(page.find("<tr class=\"changed\"><td class=\"mono\">data_dir"), std::string::npos);
  EXPECT_NE(page.find("<tr><td class=\"mono\">batch"), std::string::npos);
}

}  // namespace
}  // namespace refract
