// Data set `arcs`: points of three classes, each along an arc in the plane, after the toy of Zheng and Sun 2019 (Sec.
// 4.1, Fig. 2), without a reference set.
//
// The paper says that one direction tells the class and the other does not, and shows three arcs; its code has noise of
// .15. It leaves open where the arcs lie and how many points there are. Here they are parts of circles of radii 1, 2
// and 3 about one centre, from 0 to 120 degrees, so that neither direction is an axis: the radius tells the class, the
// angle does not. The angle is uniform; the radius is normal about that of the arc, with deviation `noise`. The centre
// is chosen so that the mean of all points is near 0.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct ArcsOptions {
  int64_t points = 60'000;
  int64_t fit_points = 5000;
  int64_t score_points = 5000;
  double noise = 0.15;
  int64_t data_seed = 1;
  Options describe();
};

// Rows of two columns, x and y, not standardised. Classes inner, middle and outer, in turn. Factors: `along`, the place
// on the arc from 0 to 1, and `across`, the distance from it outwards, from 0 (4 deviations inwards) to 1 (4
// outwards), cut there; read_factors() reads both from any point, without a cut. Point i is a function of (data_seed,
// i): first those of split unlabelled, then fit, then score.
std::unique_ptr<DataSource> make_arcs(const ArcsOptions& options);

}  // namespace refract
