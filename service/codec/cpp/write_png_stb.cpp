// The PNG writer as stb ships it, with its own zlib.

#include "codec/cpp/write_png.h"

#define WRITE_PNG write_png_with_stb
#include "write_png.inc"
