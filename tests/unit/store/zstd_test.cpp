#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "levin/store/codec.hpp"
#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::Json;

namespace {

constexpr std::size_t frames = 16, pixels = 1 << 17;

/// Photon counts of a still scene, in uint16.
std::vector<std::uint16_t> photons() {
    std::mt19937 random(3);
    std::vector<std::uint16_t> movie(frames * pixels);
    for (std::size_t i = 0; i < movie.size(); ++i) {
        const double brightness = 150 + 100 * std::sin(static_cast<double>(i % pixels) / 5000);
        movie[i] = static_cast<std::uint16_t>(std::poisson_distribution<int>(brightness)(random));
    }
    return movie;
}

/// Noise taken out: what is left has runs.
std::vector<std::uint16_t> smooth() {
    std::vector<std::uint16_t> movie(frames * pixels);
    for (std::size_t i = 0; i < movie.size(); ++i)
        movie[i] = static_cast<std::uint16_t>(150 + 10 * std::sin(static_cast<double>(i % pixels) / 500) + i % 7 / 6);
    return movie;
}

/// Photon counts, every frame the same.
std::vector<std::uint16_t> repeated() {
    std::vector<std::uint16_t> movie = photons();
    for (std::size_t i = pixels; i < movie.size(); ++i) movie[i] = movie[i - pixels];
    return movie;
}

/// Photon counts less their means, as float32, in words of 16 bits: the lower one of a number is noise.
std::vector<std::uint16_t> residuals() {
    const std::vector<std::uint16_t> movie = photons();
    std::vector<std::uint16_t> words;
    for (std::size_t i = 0; i < movie.size(); ++i) {
        const double mean = 150 + 100 * std::sin(static_cast<double>(i % pixels) / 5000);
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(movie[i] - mean));
        words.push_back(static_cast<std::uint16_t>(bits));
        words.push_back(static_cast<std::uint16_t>(bits >> 16));
    }
    return words;
}

/// Photon counts, then bytes that nothing shrinks.
std::vector<std::uint16_t> half_random() {
    std::vector<std::uint16_t> movie = photons();
    std::mt19937 random(4);
    std::generate(movie.begin() + static_cast<std::ptrdiff_t>(movie.size() / 2), movie.end(), random);
    return movie;
}

/// Photon counts in rows of 8 KiB, an eighth of which are bytes that nothing shrinks.
std::vector<std::uint16_t> random_beginnings_of_rows() {
    std::vector<std::uint16_t> movie = photons();
    std::mt19937 random(5);
    for (std::size_t i = 0; i < movie.size(); ++i)
        if (i % 4096 < 512) movie[i] = static_cast<std::uint16_t>(random());
    return movie;
}

struct Sizes {
    std::size_t ours, library;
};

/// Bytes that the codec makes, after it has decoded them again, and those of libzstd's level 1.
Sizes sizes_of(const std::vector<std::uint16_t>& movie) {
    const store::CodecPtr codec = store::make_codec("zstd", Json{{"level", 1}}, 2, 3);
    const std::span<const std::byte> raw = std::as_bytes(std::span(movie));
    Buffer encoded, again;
    const std::size_t size = codec->encode(raw, encoded);
    REQUIRE(codec->encode(raw, again) == size);
    CHECK(std::equal(encoded.data(), encoded.data() + size, again.data()));
    std::vector<std::uint16_t> back(movie.size());
    CHECK(codec->decode({encoded.data(), size}, std::as_writable_bytes(std::span(back))) == raw.size());
    CHECK(back == movie);
    std::vector<char> reference(ZSTD_compressBound(raw.size()));
    const std::size_t checksum = 4;
    return {size, checksum + ZSTD_compress(reference.data(), reference.size(), raw.data(), raw.size(), 1)};
}

}  // namespace

TEST_CASE("zstd: level 1 does not search photon noise, at a loss of few bytes") {
    const Sizes sizes = sizes_of(photons());
    CHECK(sizes.ours != sizes.library);
    CHECK(static_cast<double>(sizes.ours) < 1.03 * static_cast<double>(sizes.library));
}

TEST_CASE("zstd: level 1 stores what would shrink by less than an eighth as it is") {
    constexpr double raw = 2 * frames * pixels, overhead = 1e-4;
    const Sizes floats = sizes_of(residuals());
    CHECK(static_cast<double>(floats.library) > 0.875 * 2 * raw);
    CHECK(static_cast<double>(floats.library) < 0.99 * 2 * raw);
    CHECK(static_cast<double>(floats.ours) > 2 * raw);
    CHECK(static_cast<double>(floats.ours) < (1 + overhead) * 2 * raw);
    // Block by block: the half that shrinks is coded, and so are rows of which only the beginning does not.
    for (const auto& movie : {half_random(), random_beginnings_of_rows()}) {
        const Sizes sizes = sizes_of(movie);
        CHECK(sizes.ours != sizes.library);  // without a search
        CHECK(static_cast<double>(sizes.ours) < 1.03 * static_cast<double>(sizes.library));
    }
    // Higher levels take what they can get.
    const auto words = residuals();
    Buffer encoded;
    const store::CodecPtr level2 = store::make_codec("zstd", Json{{"level", 2}}, 2, 3);
    CHECK(static_cast<double>(level2->encode(std::as_bytes(std::span(words)), encoded)) < 0.99 * 2 * raw);
}

TEST_CASE("zstd: level 1 is libzstd's where a search pays") {
    const Sizes sizes = sizes_of(smooth());
    CHECK(sizes.ours == sizes.library);
}

TEST_CASE("zstd: a chunk in pieces of any length gives the bytes of the chunk in one") {
    const store::CodecPtr codec = store::make_codec("zstd", Json{{"level", 1}}, 2, 3);
    for (const auto& [movie, shows_at_once] :
         {std::pair(photons(), true), std::pair(smooth(), true), std::pair(repeated(), false),
          std::pair(residuals(), true), std::pair(half_random(), true)}) {
        const auto raw = std::as_bytes(std::span(movie));
        Buffer whole;
        const std::size_t size = codec->encode(raw, whole);
        for (const std::size_t length : {std::size_t{4099}, std::size_t{128 << 10}, std::size_t{300'001}, raw.size()})
            for (const bool may_hold : {false, true}) {
                const auto encoder = codec->gradual(raw.size(), may_hold);
                std::vector<std::byte> bytes;
                const auto sink = [&](store::Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
                for (std::size_t at = 0; at < raw.size(); at += length)
                    encoder->append(raw.subspan(at, std::min(length, raw.size() - at)), sink);
                const bool same = encoder->finish(sink);
                CHECK(same == std::equal(bytes.begin(), bytes.end(), whole.data(), whole.data() + size));
                CHECK((same || !may_hold || !shows_at_once));
                // What is not the same decodes to the same, by a decoder that streams too.
                std::vector<std::byte> back(raw.size());
                CHECK(codec->decode(bytes, back) == raw.size());
                CHECK(std::equal(back.begin(), back.end(), raw.begin()));
            }
    }
    CHECK(codec->gradual(1000, true) == nullptr);
    CHECK(store::make_codec("zstd", Json{{"level", 3}}, 2, 3)->gradual(8 << 20, true) == nullptr);
}

TEST_CASE("zstd: frames without a search are read by a decoder that streams, and in a window of a block") {
    const auto movie = photons();
    const auto raw = std::as_bytes(std::span(movie));
    Buffer encoded;
    const std::size_t size = store::make_codec("zstd", Json{{"level", 1}}, 2, 3)->encode(raw, encoded);
    CHECK(ZSTD_getFrameContentSize(encoded.data(), size) == raw.size());
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> decoder(ZSTD_createDCtx(), ZSTD_freeDCtx);
    REQUIRE(!ZSTD_isError(ZSTD_DCtx_setParameter(decoder.get(), ZSTD_d_windowLogMax, 17)));
    std::vector<std::byte> back(raw.size());
    ZSTD_outBuffer out{back.data(), back.size(), 0};
    ZSTD_inBuffer in{encoded.data(), size, 0};
    std::size_t left = 1;
    while (left != 0 && in.pos < in.size) {
        ZSTD_inBuffer step{encoded.data(), std::min(in.pos + 1000, size), in.pos};
        left = ZSTD_decompressStream(decoder.get(), &out, &step);
        REQUIRE(!ZSTD_isError(left));
        in.pos = step.pos;
    }
    CHECK(left == 0);
    CHECK(std::equal(back.begin(), back.end(), raw.begin()));
}

TEST_CASE("zstd: whole frames that come again are found whatever the search") {
    const Sizes sizes = sizes_of(repeated());
    CHECK(static_cast<double>(sizes.ours) < 1.1 * static_cast<double>(sizes.library));
}
