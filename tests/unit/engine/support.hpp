/// Arrays to test the engine with.
#pragma once
#include <algorithm>
#include <atomic>
#include <random>

#include "levin/engine/sources.hpp"

namespace levin::test {

/// An array in memory that is read in `chunks`, or in granules of them, and counts how many elements were read.
class Counted final : public ArraySource {
  public:
    Counted(Dims shape, Dims chunks, const std::string& axes, DType dtype = DType::uint16, Dims granule = {})
        : values_(dtype, shape), granule_(std::move(granule)) {
        info_.shape = shape;
        info_.chunks = std::move(chunks);
        info_.dtype = dtype;
        info_.axes = axes_from_letters(axes);
        std::mt19937 random(7);
        visit_dtype(dtype, [&]<class T>() {
            if constexpr (std::is_arithmetic_v<T>)
                for (Index i = 0; i < values_.view.count(); ++i)
                    values_.view.as<T>()[i] = static_cast<T>(random() % 1000);
        });
    }
    const ArrayInfo& info() const override { return info_; }
    void read(const Region& region, const View& out) const override {
        elements_read += region.count();
        copy(values_.view.sub(region), out);
    }
    std::size_t scratch_bytes() const override { return 0; }
    Dims granule() const override { return granule_.empty() ? info_.chunks : granule_; }
    std::string name() const override { return "test"; }
    const View& values() const { return values_.view; }

    mutable std::atomic<Index> elements_read{0};

  private:
    OwnedArray values_;
    Dims granule_;
    ArrayInfo info_;
};

inline OwnedArray read_all(const ArraySource& source) {
    OwnedArray values(source.info().dtype, source.info().shape);
    source.read(Region::whole(source.info().shape), values.view);
    return values;
}

template <class T>
T at(const ConstView& view, const Dims& index) {
    std::ptrdiff_t offset = 0;
    for (std::size_t i = 0; i < index.size(); ++i) offset += index[i] * view.strides[i];
    return *reinterpret_cast<const T*>(view.data + offset);
}

}  // namespace levin::test
