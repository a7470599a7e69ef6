#include "refract/data/files/alignment.h"

#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using Point = std::complex<double>;

const Shape kFace = {{30, 40}, {70, 38}, {50, 60}, {35, 80}, {66, 82}};  // eyes, nose, corners of the mouth

Shape moved(const Shape& shape, Point factor, Point shift) {
  Shape result;
  for (const Point& point : shape) result.push_back(point * factor + shift);
  return result;
}

void expect_same(const Shape& a, const Shape& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_LE(std::abs(a[i] - b[i]), tolerance) << i;
}

TEST(Procrustes, CopiesOfOneShapeHaveItAsTheirMean) {
  // Turned by -20, 0 and 20 degrees, so upright on average; of several sizes, at several places.
  const std::vector<Shape> copies = {moved(kFace, std::polar(2.0, -0.35), {100, -20}), kFace,
                                     moved(kFace, std::polar(0.3, 0.35), {-5, 8})};
  const Shape mean = mean_shape(copies);
  double squares = 0;
  Point centre;
  for (const Point& point : mean) {
    squares += std::norm(point);
    centre += point;
  }
  EXPECT_NEAR(squares, 1, 1e-12);
  EXPECT_LE(std::abs(centre), 1e-12);
  expect_same(placed(mean, 96, 0.2), placed(kFace, 96, 0.2), 1e-9);
}

TEST(Procrustes, TheMeanDoesNotDependOnTheFirstShape) {
  std::vector<Shape> shapes;
  for (int k = 0; k < 5; ++k) {
    Shape shape = moved(kFace, std::polar(1 + 0.2 * k, 0.1 * k - 0.2), {3.0 * k, -2.0 * k});
    shape[static_cast<size_t>(k)] += Point(2, -1.5 * k);
    shapes.push_back(shape);
  }
  const Shape mean = mean_shape(shapes);
  std::rotate(shapes.begin(), shapes.begin() + 2, shapes.end());
  expect_same(mean_shape(shapes), mean, 1e-8);
}

TEST(Alignment, PlacedFillsTheFrameButForTheMargin) {
  const Shape shape = placed(kFace, 100, 0.1);
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const Point& point : shape) {
    left = std::min(left, point.real());
    right = std::max(right, point.real());
    top = std::min(top, point.imag());
    bottom = std::max(bottom, point.imag());
  }
  EXPECT_NEAR(bottom - top, 80, 1e-9);  // the longer extent
  EXPECT_NEAR(left + right, 99, 1e-9);
  EXPECT_NEAR(top + bottom, 99, 1e-9);
}

TEST(Alignment, AKnownAffineMapIsFound) {
  const AffineMap known{1.2, -0.3, 5, 0.4, 0.8, -7};
  Shape target;
  for (const Point& point : kFace) target.push_back(known(point));
  const AffineMap found = affine_map(kFace, target);
  EXPECT_NEAR(found.xx, known.xx, 1e-9);
  EXPECT_NEAR(found.xy, known.xy, 1e-9);
  EXPECT_NEAR(found.x0, known.x0, 1e-9);
  EXPECT_NEAR(found.yx, known.yx, 1e-9);
  EXPECT_NEAR(found.yy, known.yy, 1e-9);
  EXPECT_NEAR(found.y0, known.y0, 1e-9);
  EXPECT_THROW(affine_map({{0, 0}, {1, 1}, {2, 2}}, {{0, 0}, {1, 0}, {2, 5}}), BadInput);
}

// A picture whose gray values are a plane in x and y: after a known map every pixel's value is known.
TEST(Alignment, WarpingCarriesPixelsWhereTheMapSays) {
  const Tensor y = at::arange(120, at::kFloat).view({1, 120, 1});
  const Tensor x = at::arange(120, at::kFloat).view({1, 1, 120});
  const Tensor image = (x + 0.5 * y + 20).to(at::kByte);
  const double turn = 0.3;
  const AffineMap map{std::cos(turn), -std::sin(turn), 10, std::sin(turn), std::cos(turn), -15};
  const Tensor warped = warp(image, map, 64);
  ASSERT_EQ(warped.sizes().vec(), (std::vector<int64_t>{1, 64, 64}));
  for (const auto& [column, row] : {std::pair(20, 20), {40, 30}, {32, 50}}) {
    const Point from = (Point(column, row) - Point(10, -15)) * std::polar(1.0, -turn);
    EXPECT_NEAR(warped[0][row][column].item<double>(), from.real() + 0.5 * from.imag() + 20, 1.5);
  }
}

TEST(Alignment, ShrinkingAveragesAFinePattern) {
  const Tensor x = at::arange(200, at::kLong).view({1, 1, 200});
  const Tensor stripes = ((x % 2) * 200).to(at::kByte).expand({1, 200, 200}).contiguous();
  const Tensor small = warp(stripes, {0.2, 0, 0, 0, 0.2, 0}, 40).to(at::kFloat);
  EXPECT_NEAR(small.slice(2, 5, 35).slice(1, 5, 35).min().item<double>(), 100, 5);
  EXPECT_NEAR(small.slice(2, 5, 35).slice(1, 5, 35).max().item<double>(), 100, 5);
}

TEST(Landmarks, AreReadFromCsvAndPts) {
  const TempFolder folder;
  write_file(folder / "all.csv", "image,x0,y0,x1,y1,x2,y2\na.png,1,2,3.5,4,5,6\nb.png, 7,8,9,10,11,12.25\r\n");
  const auto csv = read_landmarks(folder / "all.csv");
  ASSERT_EQ(csv.size(), 2);
  EXPECT_EQ(csv.at("a.png").points, (Shape{{1, 2}, {3.5, 4}, {5, 6}}));
  EXPECT_EQ(csv.at("b.png").points[2], Point(11, 12.25));
  write_file(folder / "marked.csv",
             "\xef\xbb\xbf"
             "a.png,1,2,3.5,4,5,6\n");
  EXPECT_EQ(read_landmarks(folder / "marked.csv").at("a.png").points, csv.at("a.png").points);
  std::filesystem::create_directories(folder / "pts");
  write_file(folder / "pts/a.pts", "version: 1\nn_points: 3\n{\n1 2\n3.5 4\n5 6\n}\n");
  const Landmarks pts = read_landmarks(folder / "pts").at("a");
  EXPECT_EQ(pts.points, csv.at("a.png").points);
  EXPECT_EQ(pts.file, folder / "pts/a.pts");
  EXPECT_EQ(pts.line, 4);
  EXPECT_EQ(csv.at("b.png").line, 3);
}

TEST(Landmarks, DamageIsASentenceWithALine) {
  const TempFolder folder;
  const auto refusal = [&](const std::string& text) {
    write_file(folder / "all.csv", text);
    return message_of<BadInput>([&] { read_landmarks(folder / "all.csv"); });
  };
  EXPECT_TRUE(contains(refusal("a.png,1,2,3,4,5,6\nb.png,1,2,nan,4,5,6\n"), "all.csv, line 2"));
  EXPECT_TRUE(contains(refusal("a.png,1,2,3,4,5,6\nb.png,1,2,x,4,5,6\n"), "all.csv, line 2"));
  EXPECT_TRUE(
      contains(refusal("a.png,1,2,3,4,5,6\nb.png,1,2,3,4,5,6,7,8\n"), "expected 3 points as elsewhere, found 4"));
  EXPECT_TRUE(contains(refusal("a.png,1,2,3,4\n"), "at least 3 points"));
  EXPECT_TRUE(contains(refusal("a.png,1,2,3,4,5\n"), "x and y of each point"));
  EXPECT_TRUE(contains(refusal(""), "none in the whole file"));
  EXPECT_TRUE(contains(refusal("a.png,1,2,3,4,5,6\nb.png,1,2,3,4,5,6\na.png,1,2,3,4,5,6\n"),
                       "all.csv, line 3: a.png appears twice, first in " + (folder / "all.csv").string() + ", line 1"));
}

TEST(Landmarks, DamageInAFileOfOneImageIsASentenceWithALine) {
  const TempFolder folder;
  std::filesystem::create_directories(folder / "pts");
  write_file(folder / "pts/a.pts", "n_points: 3\n{\n1 2\n3 4\n5 7\n}\n");
  const auto refusal = [&](const std::string& text) {
    write_file(folder / "pts/b.pts", text);
    return message_of<BadInput>([&] { read_landmarks(folder / "pts"); });
  };
  EXPECT_EQ(refusal("version: 1\nn_points: 3\n{\n1 2\n3 4\n5 7\n}\n"), "");
  EXPECT_TRUE(contains(refusal("version: 1\nn_points: 3\n{\n1 2\nx 4\n5 7\n}\n"), "b.pts, line 5"));
  EXPECT_TRUE(contains(refusal("n_points: 68\n{\n1 2\n3 4\n5 7\n}\n"), "b.pts, line 6: expected 68 points"));
  EXPECT_TRUE(contains(refusal("version: 1\n{\n1 2\n3 4\n5 6\n7 9\n}\n"), "b.pts, line 3: expected 3 points"));
}

}  // namespace
}  // namespace refract
