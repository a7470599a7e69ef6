// Image files of any size and kind as tensors of one space.
//
// Preprocessing, everywhere alike: 16 bits a channel become 8, transparent parts are laid over black, EXIF's
// orientation is followed (JPEG, PNG, WebP, TIFF); of an animation the first frame is taken; the picture is fitted
// (Fit: the central part is cut out, of an odd difference the smaller half goes left and top) and resized, with area
// averaging to smaller sizes and bilinearly to larger ones; colour becomes gray by luminance or gray is repeated in all
// channels, as the space asks.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/source.h"

namespace refract {

using Paths = std::vector<std::filesystem::path>;

// "png, jpg, jpeg, bmp, webp, tif, tiff": what folders are searched for, in upper or lower case.
std::string image_extensions();

// Whether a file of this name, without its folder, is looked for.
using IsWanted = std::function<bool(const std::string& name)>;

// The wanted files in a folder and in the folders below, in order of their paths; names that start with a dot are
// passed over. Links are followed. Folders that cannot be read, links that lead nowhere, and pipes with a wanted name
// stand for themselves: reading them tells what is wrong, and counts them where bad files are skipped.
Paths list_files(const std::filesystem::path& folder, const IsWanted& wanted);

// A file stands for itself, whatever its name. A folder stands for the images in it, as list_files finds them. Throws
// BadInput: no such path, or no image in the folder.
Paths list_images(const std::filesystem::path& path);

// The bytes of an image file. Throws BadInput: no file (a pipe is not waited for), unreadable, or more than 1 GiB.
std::string image_bytes(const std::filesystem::path& path);

// [C, H, W] uint8 of a space of pictures, C 1 or 3. `path` is for messages. Throws BadInput: not an image, truncated,
// damaged (what decoders only warn of among it, where pixels may be wrong), more pixels than kMostPixels in
// image_decoders.h or than the file can hold, more than 16 bits a channel. Decoders print nothing.
Tensor decode_image(const std::string& bytes, const std::filesystem::path& path, const Space& space);
void decode_image(const std::string& bytes, const std::filesystem::path& path, const Space& space, uint8_t* out);
Tensor read_image(const std::filesystem::path& path, const Space& space);

// The whole picture as it is: [C, H, W] uint8, one channel for gray and three for colour. Throws as decode_image.
Tensor decode_whole(const std::string& bytes, const std::filesystem::path& path);

// The same with how opaque each pixel is: [4, H, W], red, green, blue (not multiplied by it) and opacity, which is 255
// where the file has none.
Tensor decode_with_opacity(const std::string& bytes, const std::filesystem::path& path);

// A gray picture that was read otherwise, [H, W] uint8, as such a file would be: [1, height, width] of the space.
Tensor fit_gray(const Tensor& picture, const Space& space);

// Bytes 0 .. 255 to -1 .. 1. Runs on the calling thread alone.
void to_floats(const uint8_t* bytes, int64_t count, float* out);
void to_floats(const Tensor& bytes, float* out);

// What a caller adds to such a message where its user can choose to leave bad files out.
inline constexpr const char* skip_advice = "--skip-bad-images leaves such files out.";

struct ImagesRead {
  Tensor images;  // [N, C, H, W], float, [-1, 1]
  Paths files;    // one for each image
  Paths skipped;  // what could not be read; empty unless this was allowed
};

// Throws BadInput as read_image does, naming the first bad file; with `skip_bad` only where no file at all is good.
ImagesRead read_images(const Paths& paths, const Space& space, bool skip_bad);

}  // namespace refract
