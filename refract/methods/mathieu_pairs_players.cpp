#include "refract/methods/mathieu_pairs_players.h"

namespace refract {
namespace {

constexpr int64_t kReaderFeatures = 256;  // as many as the probes of the paper have

LabelClassifier::Shape one_hidden_layer(int64_t features) {
  return {.layers = 1, .features = features, .names = {"hidden", "head"}};
}

}  // namespace

Embedding::Embedding(const MathieuPairsOptions& options, const Space& space, const LabelSet& labels)
    : labels_(labels),
      encoder_(space, options.network.architecture(), {.s = options.latent_s}),
      classifier_(options.latent_s, one_hidden_layer(options.classifier_features), labels),
      player_("specified", options.network.adam()) {
  player_.own("encoder_s", encoder_);
  player_.own("classifier", classifier_);
}

Tensor Embedding::cross_entropy(const Tensor& s, const Tensor& seen) const {
  return cross_entropy_with_label(labels_, classifier_.log_probabilities(s), seen);
}

LabelReader::LabelReader(const MathieuPairsOptions& options, const LabelSet& labels)
    : labels_(labels),
      classifier_(options.latent_z, one_hidden_layer(kReaderFeatures), labels),
      player_("reader", options.network.adam(options.reader_rate)) {
  player_.own("classifier", classifier_);
}

Tensor LabelReader::said(const Tensor& means) const {
  return classifier_.log_probabilities(standardised(means));
}

Tensor LabelReader::cross_entropy(const Tensor& said, const Tensor& seen) const {
  return cross_entropy_with_label(labels_, said, seen);
}

Tensor LabelReader::certainty(const Tensor& said, const Tensor& seen) const {
  return cross_entropy_with_uniform(labels_, said, seen) - entropy_of_uniform(labels_);
}

}  // namespace refract
