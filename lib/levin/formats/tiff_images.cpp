#include "levin/formats/tiff_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "levin/core/error.hpp"

namespace levin::formats {
namespace {

std::optional<std::vector<OmeImage>> ome_images(const InputFile& file, const TiffDirectories& all) {
    const std::string description = with_context([&] { return fmt::format("page 0 of {}", file.path()); },
                                                 [&] { return TiffReader(file, all, 0).description(); });
    return with_context([&] { return file.path(); },
                        [&] {
                            return parse_ome(description, std::filesystem::path(file.path()).filename().string(),
                                             static_cast<Index>(all.offsets.size()));
                        });
}

std::string list_of(const std::vector<OmeImage>& images) {
    std::string list;
    for (std::size_t i = 0; i < images.size(); ++i)
        list += fmt::format("{}{} ({}{} x {})", i ? ", " : "", i, images[i].name.empty() ? "" : images[i].name + ", ",
                            images[i].height, images[i].width);
    return list;
}

}  // namespace

std::optional<OmeImage> choose_ome_image(const InputFile& file, const TiffDirectories& all,
                                         const ReadOptions& options) {
    const std::string& wanted = options.dataset;
    if (wanted.empty() && !options.pages.empty()) return std::nullopt;
    const auto images = ome_images(file, all);
    if (!images && wanted.empty()) return std::nullopt;
    if (!images)
        throw UsageError(fmt::format("{}::{}: without OME-XML a TIFF file holds one image; leave '::{}' out",
                                     file.path(), wanted, wanted));
    std::vector<std::size_t> here;
    for (std::size_t i = 0; i < images->size(); ++i)
        if (!(*images)[i].pages.empty() && (wanted.empty() || wanted == std::to_string(i))) here.push_back(i);
    if (here.empty() && !wanted.empty())
        throw Error(fmt::format("{}::{}: no such image in this file; its OME-XML tells of {}", file.path(), wanted,
                                list_of(*images)));
    if (here.empty()) throw Error(fmt::format("{}: its OME-XML tells of no image in this file", file.path()));
    if (here.size() > 1)
        throw Error(fmt::format("{} holds {} images; choose one as {}::N: {}", file.path(), here.size(), file.path(),
                                list_of(*images)));
    const OmeImage& image = (*images)[here[0]];
    const auto pages = static_cast<Index>(image.pages.size());
    if (!image.elsewhere.empty())
        options.note(file.path(), fmt::format("holds {} of the {} planes of its image; others are in {}: name all the "
                                              "files, with --along for the axis that goes on from file to file",
                                              pages, image.planes, fmt::join(image.elsewhere, ", ")));
    else if (pages < image.planes)
        options.note(file.path(),
                     fmt::format("its OME-XML tells of {} planes and gives pages to {} of them", image.planes, pages));
    return image;
}

std::vector<Index> offsets_of(const OmeImage& image, const TiffDirectories& all) {
    std::vector<Index> offsets;
    for (const Index page : image.pages) offsets.push_back(all.offsets[static_cast<std::size_t>(page)]);
    return offsets;
}

std::string attributes_of(const OmeImage& image) {
    nlohmann::json about = nlohmann::json::object();
    if (!image.name.empty()) about["name"] = image.name;
    if (!image.channel_names.empty()) about["channels"] = image.channel_names;
    if (about.empty()) return "{}";
    return nlohmann::json{{"ome_tiff", about}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Dataset> list_tiff(const std::string& path) {
    const InputFile file(path);
    const TiffDirectories all = tiff_directories(file);
    const auto images = ome_images(file, all);
    std::vector<Dataset> list;
    const std::size_t count = images ? images->size() : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const OmeImage& image = (*images)[i];
        Dataset entry{std::to_string(i), {image.frames, image.channels * image.samples, image.slices}, "", image.name};
        entry.shape.insert(entry.shape.end(), {image.height, image.width});
        if (image.pages.empty()) entry.note += entry.note.empty() ? "in other files" : ", in other files";
        else entry.dtype = name_of(TiffReader(file, all, static_cast<std::size_t>(image.pages[0])).describe().dtype);
        list.push_back(std::move(entry));
    }
    if (images) return list;
    const TiffPage page = TiffReader(file, all, 0).describe();
    Dataset whole{"0", page.shape(), std::string(name_of(page.dtype)), "without OME-XML: pages of this shape"};
    whole.shape.insert(whole.shape.begin(), static_cast<Index>(all.offsets.size()));
    return {whole};
}

}  // namespace levin::formats
