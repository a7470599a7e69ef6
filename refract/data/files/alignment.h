// Faces, or anything with landmarks, brought to one place, size and rotation (Ruiz et al. 2019, A.3.2): a mean shape by
// Procrustes analysis (Gower 1975), and for each image the affine map from its landmarks to that shape.
#pragma once

#include <complex>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// Points x + iy in pixels, x to the right, y downwards; (0, 0) is the centre of the first pixel.
using Shape = std::vector<std::complex<double>>;

// The landmarks of an image, and where they were read: of a .pts file the line of the first point.
struct Landmarks {
  Shape points;
  std::filesystem::path file;
  int64_t line = 0;
};

// Landmarks by the name of the image. A CSV file has lines "NAME,x,y,x,y,..." (a heading is passed over); a folder has
// .pts files (n_points, then x y between braces), whose names without the ending are those of the images. Throws
// BadInput naming file and line: something else, fewer than 3 points, or another number of points than in the first or
// than a .pts file announces.
std::map<std::string, Landmarks> read_landmarks(const std::filesystem::path& path);

// Shapes are moved, turned and scaled onto their mean until it stands still: centred, of norm 1, turned as the shapes
// are on average. Throws BadInput where a shape is a single point.
Shape mean_shape(const std::vector<Shape>& shapes);

// The shape in the middle of `size` x `size` pixels, with `margin` x size free on each side of its longer extent.
Shape placed(const Shape& shape, int64_t size, double margin);

// x' = xx x + xy y + x0, y' = yx x + yy y + y0.
struct AffineMap {
  double xx, xy, x0, yx, yy, y0;
  [[nodiscard]] std::complex<double> operator()(std::complex<double> point) const;
};

// Whether the points lie on a line, or all at one place: they decide no map then.
bool lie_on_a_line(const Shape& shape);

// The least-squares map of one shape onto another of as many points. Throws BadInput where the points of `from` lie on
// a line.
AffineMap affine_map(const Shape& from, const Shape& to);

// [C, H, W] uint8 to [C, size, size]: what the map carries there, bilinearly, smoothed first where it shrinks; beyond
// the edge the nearest pixel is repeated.
Tensor warp(const Tensor& image, const AffineMap& map, int64_t size);

}  // namespace refract
