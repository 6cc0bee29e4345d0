#include <fmt/format.h>

#include "levin/core/error.hpp"
#include "levin/store/writer_impl.hpp"

namespace levin::store {

struct GroupWriter::Impl {
    int zarr_format;
    WriteOptions options;
    Output output;
    std::vector<std::pair<std::string, std::unique_ptr<ArrayWriter>>> arrays;
};

GroupWriter::GroupWriter(const std::string& path, const std::string& attributes, int zarr_format,
                         const WriteOptions& options)
    : impl_(new Impl{zarr_format, options, Output(path, group_documents(attributes, zarr_format), options), {}}) {}
GroupWriter::~GroupWriter() = default;

ArrayWriter& GroupWriter::add(const std::string& name, const ArraySpec& spec) {
    if (name.empty() || name.find('/') != name.npos || name[0] == '.' || name.rfind("__", 0) == 0)
        throw UsageError(fmt::format("'{}' is no name of an array in a group", name));
    if (spec.zarr_format != impl_->zarr_format)
        throw UsageError(
            fmt::format("array '{}' has Zarr format {}, its group {}", name, spec.zarr_format, impl_->zarr_format));
    // The group's folder is new or ours, so whatever is in it is an earlier part of the same work.
    WriteOptions options;
    options.resume = options.member = true;
    options.fsync = impl_->options.fsync;
    options.shared = impl_->options.shared;
    const Output& group = impl_->output;
    std::unique_ptr<ArrayWriter> array;
    const auto open = [&](const std::string& folder) {
        array = std::make_unique<ArrayWriter>(fmt::format("{}/{}", folder, name), spec, options);
    };
    group.unless_finished_elsewhere([&] { open(group.store()); });
    if (!array) open(group.path());
    array->impl_->group = &group;
    impl_->arrays.emplace_back(name, std::move(array));
    return *impl_->arrays.back().second;
}

const std::string& GroupWriter::store() const { return impl_->output.store(); }
bool GroupWriter::was_complete() const { return impl_->output.was_complete(); }

void GroupWriter::publish() {
    if (was_complete()) return;
    impl_->output.unless_finished_elsewhere([&] {
        for (const auto& [name, array] : impl_->arrays) array->publish();
        impl_->output.publish();
    });
}

void publish_pending(const std::string& path, bool fsync) {
    const std::string place = place_of_work(path);
    const Documents documents = pending_documents(place);
    if (documents.empty()) {
        if (is_published(path)) return clean(path);  // of what a file system hid from the one who published
        throw Error(fmt::format("{} is no store in the making: there is no {}/{}", path, path, pending_folder));
    }
    if (const auto metadata = metadata_of(documents)) {
        const auto state = pending_state(place);
        if (state && state->done < state->total)
            throw TransientError(fmt::format("{} is not finished: {} of {} chunks are missing", path,
                                             state->total - state->done, state->total));
    } else {
        for (const auto& [name, is_folder] : list_folder(place))
            if (is_folder && !pending_documents(place + "/" + name).empty()) publish_pending(place + "/" + name, fsync);
    }
    WriteOptions options;
    options.resume = true;
    options.fsync = fsync;
    Output output(path, documents, options);
    if (!output.was_complete()) output.publish();
}

}  // namespace levin::store
