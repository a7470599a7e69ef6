// Where LibTorch keeps tensors that are not on a device.
#pragma once

namespace refract {

// From here on tensors lie in memory whose place can be used again for one of the same size. LibTorch asks glibc for
// aligned memory; Debian 12's glibc 2.36 finds a place for that only in a hole larger by the alignment, so that what a
// step frees hardly serves the next one: 6 to 10 % of the peak of a training were such holes. May be called more than
// once, and while there are tensors.
void keep_tensors_in_reusable_places();

}  // namespace refract
