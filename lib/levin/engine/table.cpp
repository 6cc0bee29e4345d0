#include "levin/engine/table.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "levin/core/error.hpp"
#include "levin/engine/place.hpp"
#include "levin/formats/format.hpp"
#include "levin/store/file.hpp"

namespace levin::engine {
namespace {

std::string element(const ConstView& values, Index number) {
    const Dims at = Grid(values.shape, Dims(values.rank(), 1)).position(number);
    std::ptrdiff_t offset = 0;
    for (std::size_t i = 0; i < at.size(); ++i) offset += at[i] * values.strides[i];
    return visit_dtype(values.dtype, [&]<class T>() -> std::string {
        if constexpr (std::is_arithmetic_v<T>)
            return fmt::format("{}", +*reinterpret_cast<const T*>(values.data + offset));
        else if constexpr (std::is_same_v<T, Float16>)
            return fmt::format("{}", static_cast<float>(*reinterpret_cast<const T*>(values.data + offset)));
        else throw UsageError("a table cannot hold complex numbers");
    });
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void check_table_path(const std::string& path, bool force) {
    check_place(path);
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        throw Error(fmt::format("table {} is a folder; name a file", path));
    if (!force && store::exists(path))
        throw Error(fmt::format("table {} exists already; use --force to replace it", path));
}

void write_csv(const std::string& path, const std::vector<Column>& columns, bool force) {
    check_table_path(path, force);
    const std::string partial = formats::partial_beside(path);
    std::unique_ptr<std::FILE, Close> file(std::fopen(partial.c_str(), "wx"));
    if (!file) throw_system_error(fmt::format("cannot create {}", partial), errno);
    try {
        const auto put = [&](const std::string& text) {
            if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size())
                throw_system_error(fmt::format("cannot write {}", path), errno);
        };
        std::string line;
        for (const Column& column : columns) line += (line.empty() ? "" : ",") + column.name;
        put(line + "\n");
        const Index rows = columns.empty() ? 0 : columns.front().values.count();
        for (Index row = 0; row < rows; ++row) {
            line.clear();
            for (const Column& column : columns) line += (line.empty() ? "" : ",") + element(column.values, row);
            put(line + "\n");
        }
        if (std::fclose(file.release()) != 0) throw_system_error(fmt::format("cannot write {}", path), errno);
        formats::publish_file(partial, path);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(partial, ignored);
        throw;
    }
}

IndexColumns::IndexColumns(const Dims& shape, const Axes& axes) {
    const Grid grid(shape, Dims(shape.size(), 1));
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        OwnedArray index(DType::int64, shape), position(DType::float64, shape);
        for (Index i = 0; i < grid.size(); ++i) {
            const Index at = grid.position(i)[axis];
            index.view.as<Index>()[i] = at;
            position.view.as<double>()[i] = static_cast<double>(at) * axes[axis].spacing;
        }
        names_.push_back(axes[axis].name);
        values_.push_back(std::move(index));
        if (axes[axis].spacing <= 0) continue;
        names_.push_back(axes[axis].unit.empty() ? axes[axis].name + " position"
                                                 : fmt::format("{} [{}]", axes[axis].name, axes[axis].unit));
        values_.push_back(std::move(position));
    }
}

std::vector<Column> IndexColumns::columns() const {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < names_.size(); ++i) columns.push_back({names_[i], values_[i].view});
    return columns;
}

}  // namespace levin::engine
