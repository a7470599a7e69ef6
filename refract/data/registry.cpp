#include "refract/data/registry.h"

#include "refract/core/text.h"
#include "refract/data/sets/arcs.h"
#include "refract/data/sets/celeba.h"
#include "refract/data/sets/cifar10.h"
#include "refract/data/sets/coil20.h"
#include "refract/data/sets/digit_style.h"
#include "refract/data/sets/dsprites.h"
#include "refract/data/sets/fashion_mnist.h"
#include "refract/data/sets/fer2013.h"
#include "refract/data/sets/image_folder.h"
#include "refract/data/sets/lpc_sprites.h"
#include "refract/data/sets/norb.h"
#include "refract/data/sets/plain_mnist.h"
#include "refract/data/sets/rendered_sprites.h"
#include "refract/data/sets/table.h"
#include "refract/data/sets/yaleb.h"
#include "refract/data/unnamed_classes.h"

namespace refract {
namespace {

// Options of a set, and those that every set has.
template <class Settings>
struct AllSettings {
  Settings own;
  UnnamedClasses labels;

  Options describe() {
    Options options = own.describe();
    labels.describe_into(options);
    return options;
  }
};

// The struct lives as long as either of the two that refer to it.
template <class Settings, std::unique_ptr<DataSource> (*make)(const Settings&)>
DataRecipe recipe() {
  const auto all = std::make_shared<AllSettings<Settings>>();
  return {all->describe(), [all](const OnProgress&) { return all->labels.applied(make(all->own)); }};
}

// Of a set that reads so many files that it tells how far it is.
template <class Settings, std::unique_ptr<DataSource> (*make)(const Settings&, const OnProgress&)>
DataRecipe recipe() {
  const auto all = std::make_shared<AllSettings<Settings>>();
  return {all->describe(),
          [all](const OnProgress& on_progress) { return all->labels.applied(make(all->own, on_progress)); }};
}

}  // namespace

const std::vector<DataEntry>& data_sets() {
  static const std::vector<DataEntry> rows = {
      {"digit-style", "MNIST outlines whose colour, scale and stroke width vary; reference: thin white outlines",
       "Ruiz et al. 2019, A.3.1", recipe<DigitStyleOptions, make_digit_style>},
      {"embedded-digits", "The digit-style task on digits that the program draws itself; needs no file",
       "this project, after Ruiz et al. 2019, A.3.1", recipe<EmbeddedDigitsOptions, make_embedded_digits>},
      {"fer2013", "Gray faces with six expressions; reference: neutral faces", "Goodfellow et al. 2013",
       recipe<Fer2013Options, make_fer2013>},
      {"mnist", "Plain MNIST digits, or a relative's images; no reference set", "LeCun et al. 2010",
       recipe<PlainMnistOptions, make_plain_mnist>},
      {"fashion-mnist", "Gray pictures of ten kinds of clothes; no reference set", "Xiao et al. 2017",
       recipe<FashionMnistOptions, make_fashion_mnist>},
      {"dsprites", "Squares, ellipses and hearts in all scales, orientations and positions; no reference set",
       "Matthey et al. 2017", recipe<DspritesOptions, make_dsprites>},
      {"rendered-sprites", "Pictures like those of dSprites that the program draws itself; needs no file",
       "this project, after Matthey et al. 2017", recipe<RenderedSpritesOptions, make_rendered_sprites>},
      {"cifar10", "Small photographs of ten kinds of things; no reference set", "Krizhevsky 2009",
       recipe<Cifar10Options, make_cifar10>},
      {"celeba", "Faces with 40 attributes; no reference set", "Liu et al. 2015", recipe<CelebaOptions, make_celeba>},
      {"lpc-sprites", "Game characters in 20 animations, some of them never seen in training; no reference set",
       "Liberated Pixel Cup, after Mathieu et al. 2016", recipe<LpcSpritesOptions, make_lpc_sprites>},
      {"yaleb", "Faces of 28 or 38 people lit from 64 directions; no reference set",
       "Georghiades et al. 2001; Lee et al. 2005", recipe<YaleBOptions, make_yaleb>},
      {"norb", "Small NORB: toys of five categories from all sides, others of which score; no reference set",
       "LeCun et al. 2004", recipe<NorbOptions, make_norb>},
      {"coil20", "20 objects on a turntable, every third pose held out; no reference set", "Nene et al. 1996",
       recipe<Coil20Options, make_coil20>},
      {"arcs", "Points of three classes, each along an arc in the plane; needs no file, no reference set",
       "after Zheng and Sun 2019, Sec. 4.1", recipe<ArcsOptions, make_arcs>},
      {"folders",
       "Your own images: --unlabelled DIR and --reference DIR",
       "your files",
       recipe<ImageFolderOptions, make_image_folder>,
       {"reference", "unlabelled"}},
      {"table",
       "Your own table: --table FILE --reference-where 'condition=control'",
       "your file",
       recipe<TableOptions, make_table>,
       {"table"}},
  };
  return rows;
}

const DataEntry& data_set(std::string_view name) {
  return named(data_sets(), "data set", name, "`refract list data` shows all");
}

}  // namespace refract
