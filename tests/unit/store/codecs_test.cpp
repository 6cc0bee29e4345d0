#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "levin/store/codec.hpp"
#include "levin/store/crc32c.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Bytes;
using store::Json;

namespace {

struct Sample {
    std::string name, configuration;
    int zarr_format;
};

const std::vector<Sample> samples{
    {"zstd", R"({"level": 3, "checksum": true})", 3},
    {"zstd", R"({"level": -5})", 2},
    {"gzip", R"({"level": 5})", 3},
    {"zlib", R"({"level": 1})", 2},
    {"lz4", R"({"acceleration": 1})", 2},
    {"crc32c", R"({})", 3},
    {"blosc", R"({"typesize": 2, "cname": "zstd", "clevel": 5, "shuffle": "bitshuffle", "blocksize": 0})", 3},
    {"blosc", R"({"cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0})", 2},
    {"blosc", R"({"cname": "zlib", "clevel": 1, "shuffle": -1})", 2},
    {"blosc", R"({"cname": "blosclz", "clevel": 9, "shuffle": 0})", 2},
};

store::CodecPtr make(const Sample& sample) {
    return store::make_codec(sample.name, Json::parse(sample.configuration), 2, sample.zarr_format);
}

std::string encoded(const store::Codec& codec, const std::string& text) {
    Buffer out;
    const std::size_t size = codec.encode(store::bytes_of(text), out);
    return {out.as<char>(), size};
}

std::string decoded(const store::Codec& codec, const std::string& text, std::size_t capacity) {
    std::string out(capacity, '\0');
    out.resize(codec.decode(store::bytes_of(text), std::as_writable_bytes(std::span(out))));
    return out;
}

/// Half noise, half repetition.
std::string sample_text(std::size_t size) {
    std::mt19937 random(7);
    std::string text(size, 'a');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = i % 64 < 32 ? static_cast<char>(random()) : static_cast<char>(i / 64);
    return text;
}

}  // namespace

TEST_CASE("codecs: what one encodes it decodes, and never past the room it is given") {
    for (const Sample& sample : samples) {
        INFO(sample.name << " " << sample.configuration);
        const store::CodecPtr codec = make(sample);
        for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{1000}, std::size_t{300000}}) {
            const std::string text = sample_text(size), stored = encoded(*codec, text);
            CHECK(decoded(*codec, stored, size) == text);
            CHECK(decoded(*codec, stored, size + 9) == text);
            CHECK(stored.size() <= codec->max_encoded(size));
            check_error([&] { decoded(*codec, stored, size - 1); }, std::string(codec->name()) + ": ");
        }
    }
}

TEST_CASE("codecs: no damage makes one crash, and those with a checksum notice it") {
    for (const Sample& sample : samples) {
        INFO(sample.name << " " << sample.configuration);
        const store::CodecPtr codec = make(sample);
        const std::string text = sample_text(1000), stored = encoded(*codec, text);
        for (std::size_t cut = 0; cut < stored.size(); ++cut)
            CHECK(error_of([&] {
                      if (decoded(*codec, stored.substr(0, cut), 1000) == text) throw std::runtime_error("not cut");
                  }) != "");
        std::mt19937 random(11);
        for (int round = 0; round < 2000; ++round) {
            std::string damaged = stored;
            damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
            std::string result;
            const std::string message = error_of([&] { result = decoded(*codec, damaged, 1000); });
            if (sample.name == "crc32c" || sample.name == "zlib") CHECK((message != "" || result == text));
        }
    }
}

TEST_CASE("codecs: gzip reads several members, zstd several frames") {
    for (const char* name : {"gzip", "zstd"}) {
        const store::CodecPtr codec = make({name, R"({"level": 1})", 3});
        CHECK(decoded(*codec, encoded(*codec, "abc") + encoded(*codec, "defg"), 7) == "abcdefg");
        check_error([&] { decoded(*codec, encoded(*codec, "abc") + "garbage", 7); }, name);
    }
}

TEST_CASE("codecs: crc32c has the value of RFC 3720, by table and by instruction") {
    const std::string digits = "123456789";
    CHECK(store::crc32c(store::bytes_of(digits)) == 0xE3069283u);
    CHECK(store::crc32c(store::bytes_of(std::string(32, '\0'))) == 0x8A9136AAu);
    CHECK(store::crc32c({}) == 0u);
    const std::string text = sample_text(1000);
    for (std::size_t size = 0; size < 100; ++size) {
        const Bytes bytes = store::bytes_of(text).subspan(size % 7, size);
        CHECK(store::crc32c(bytes) == store::crc32c_portable(bytes));
    }
}

TEST_CASE("codecs: a bad configuration is refused by the member's name") {
    const auto message = [](const char* name, const char* configuration, int zarr_format) {
        return error_of([&] { store::make_codec(name, Json::parse(configuration), 4, zarr_format); });
    };
    CHECK(message("zstd", R"({"level": 99})", 3).find("level: expected an integer from -131072 to 22, found 99") !=
          std::string::npos);
    CHECK(message("zstd", R"({"checksum": 1})", 3).find("zstd: checksum") != std::string::npos);
    CHECK(message("gzip", R"({"level": "high"})", 3).find("level") != std::string::npos);
    CHECK(message("gzip", R"({"effort": 1})", 3).find("unknown member \"effort\"") != std::string::npos);
    CHECK(message("blosc", R"({"cname": "lzma", "clevel": 1, "shuffle": 1})", 2).find("\"lzma\"") != std::string::npos);
    CHECK(message("blosc", R"({"cname": "lz4", "clevel": 1, "shuffle": "twist"})", 3).find("\"twist\"") !=
          std::string::npos);
    CHECK(message("blosc", R"({"cname": "lz4", "shuffle": 1})", 2).find("\"clevel\" is missing") != std::string::npos);
    CHECK(message("zlib", "{}", 3).find("codec \"zlib\" is not supported") != std::string::npos);
    CHECK(message("bz2", "{}", 2).find("codec \"bz2\" is not supported; supported are blosc, gzip, lz4, zlib, zstd") !=
          std::string::npos);
}
