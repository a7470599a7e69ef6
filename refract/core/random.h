// Random numbers as functions of (seed, stream, index): nothing to store, so a resumed run draws what an uninterrupted
// one would have drawn.
#pragma once

#include <cstdint>

namespace refract {

// The finaliser of SplitMix64 (Steele et al. 2014): a bijection under which neighbours share nothing.
constexpr uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// A 64-bit hash of a seed and two counters. Each is scrambled before the next joins: swapping two of them gives another
// value.
constexpr uint64_t mix(uint64_t seed, uint64_t stream, uint64_t index = 0) {
  return scramble(scramble(scramble(seed) ^ stream) ^ index);
}

// The streams in use, so that no two draws share one.
enum class Stream : uint64_t {
  weights = 1,
  step,
  order_unlabelled,
  order_reference,
  render,
  figures,
  metrics,
  labelled,
  order_labelled,
  order_second,
  partners,
  held_out_rows
};

constexpr uint64_t mix(uint64_t seed, Stream stream, uint64_t index = 0) {
  return mix(seed, static_cast<uint64_t>(stream), index);
}

// What metrics draw, each from a stream of its own.
enum class MetricDraw : uint64_t {
  examples,
  factor_vae_fit,
  factor_vae_score,
  factor_vae_of_authors,
  beta_vae_fit,
  beta_vae_score,
  leak_rows,
  leak_draws,
  leak_probe,
  retrieval_queries,
  retrieval_candidates,
  generation_rows,
  generation_samples,
  generation_judge,
  generation_taught,
  generation_pairs,
  inpainting,
  energy_rows,
  energy_codes,
};

constexpr uint64_t mix(uint64_t seed, MetricDraw draw) {
  return mix(seed, Stream::metrics, static_cast<uint64_t>(draw));
}

// Uniform on [0, 1), from the top 53 bits.
constexpr double uniform(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace refract
