// What the system lets this process have (`ulimit -v`, `-d`, `-u`), asked before something waits for more without end:
// OpenBLAS 0.3.21 asks for its buffers until it gets them, and LibTorch's pool waits for threads that were never made.
#pragma once

namespace refract {

// For the .preinit_array of an executable, which runs before the libraries begin: that of OpenBLAS takes a buffer for
// each thread. Ends the process with status 1 and a sentence where they would not fit. Nothing of C++ may be used yet
// but what needs no constructor.
void expect_room_to_load(int count, char** arguments, char** environment);

// Throws Error where `threads` threads, as often as LibTorch's pool, OpenMP and the loader make them, or the memory
// that OpenBLAS takes for them cannot be had. All of it is taken at once, to see, and given back.
void expect_threads(int threads);

// Has OpenBLAS take its buffers now, where this process may have only so much memory: later, when tensors have taken
// it, OpenBLAS would wait for ever.
void take_buffers_if_limited();

}  // namespace refract
