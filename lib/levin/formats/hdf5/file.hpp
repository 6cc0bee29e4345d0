/// libhdf5 behind four habits: one call at a time (it is not always built for threads), its messages become part of an
/// Error and are never printed, no plugin is loaded, and no other file is opened on a file's word.
#pragma once
#define H5_USE_110_API  // newer ones replace addresses by tokens
#include <hdf5.h>

#include <string>
#include <utility>

namespace levin::formats {

/// Holds the library. Every call of it, closing included, happens in the life of one of these; they nest.
class Hdf5Lock {
  public:
    Hdf5Lock();
    ~Hdf5Lock();
    Hdf5Lock(const Hdf5Lock&) = delete;
    Hdf5Lock& operator=(const Hdf5Lock&) = delete;
};

/// An identifier that is closed with its kind's function.
class Hdf5Id {
  public:
    Hdf5Id() = default;
    Hdf5Id(hid_t id, herr_t (*closer)(hid_t)) : id_(id), close_(closer) {}
    Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
    Hdf5Id& operator=(Hdf5Id&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Hdf5Id();
    explicit operator bool() const { return id_ >= 0; }
    hid_t get() const { return id_; }
    /// Where closing may fail because it writes: false when it did.
    bool close();

  private:
    hid_t id_ = H5I_INVALID_HID;
    herr_t (*close_)(hid_t) = nullptr;
};

/// Throws what the library has against it: TransientError for what may pass on another try, else Error.
[[noreturn]] void throw_hdf5(const std::string& doing);
/// Throws bad_alloc when that is what the last call failed for: sizes in a damaged file, see rehearsal.hpp.
void check_hdf5_memory();
/// `id` when it is one, else throw_hdf5.
hid_t hdf5_ok(hid_t id, const std::string& doing);

/// How files are opened and made: no lock, which read-only and network file systems refuse, and no other driver.
Hdf5Id hdf5_access();
/// Opens for reading. Error for what is no HDF5 file, or one that is cut off.
Hdf5Id open_hdf5(const std::string& path);
/// The object called `name`. Error when a link on the way leads into another file. Empty when there is none.
Hdf5Id find_hdf5_object(hid_t file, const std::string& name);

}  // namespace levin::formats
