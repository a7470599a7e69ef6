// Data set `lpc-sprites`: game characters, each of a body, two clothes, hair and shoes, in 172 frames of 20 animations,
// without a reference set. It stands in for the sprites of Reed et al. 2015 that Mathieu et al. 2016 use, made of
// sheets of the same origin (lpc_sheets.h). Characters that fit and score probes are never seen in training.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

struct LpcSpritesOptions {
  int64_t size = 32;
  int64_t data_seed = 1;
  int64_t characters = 672;
  int64_t fit_characters = 72;
  int64_t score_characters = 100;
  std::string lpc_sprites_dir;  // "" looks at the environment variable LPC_SPRITES_DIR, then data/lpc_sprites
  Options describe();
};

// Colour. Characters are different choices of a sheet for each layer, drawn by data_seed; the last fit_characters +
// score_characters drawn are held out with all their frames, the others are unlabelled. Attributes: the character (an
// identity, named by its sheets: "0-3-1-7-2"), then body, bottom, top, hair and shoes, whose values are the names of
// the sheets. There are no classes. Factors: action (spellcast, thrust, walk, slash, shoot), direction (away, left,
// towards, right) and frame (its number in the action).
//
// A frame is composed at 60x60 and then resized (resize.h), so that an edge has the colours that it has in the large
// picture; layers resized before would shine through each other there. A character's frames are composed when the first
// of them is asked for, and stay in memory as bytes where those of all characters together take 512 MiB or less (355 MB
// of the usual 672 at size 32); otherwise each frame is composed whenever it is asked for. Throws BadInput: fewer
// different characters than wanted, none left to train, and as read_lpc_sheets does.
std::unique_ptr<DataSource> make_lpc_sprites(const LpcSpritesOptions& options);

}  // namespace refract
