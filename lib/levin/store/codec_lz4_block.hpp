/// lz4 as N5 stores it: frames of lz4-java's LZ4BlockOutputStream.
#pragma once
#include "levin/store/codec.hpp"

namespace levin::store {

/// Decodes only. The frames' checksums are not looked at.
CodecPtr make_lz4_block();

}  // namespace levin::store
