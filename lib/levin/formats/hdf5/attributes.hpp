/// Attributes of HDF5 objects: text and numbers, as JSON where they have no place in the axes.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "levin/core/axes.hpp"
#include "levin/formats/hdf5/file.hpp"

namespace levin::formats {

/// The value of a text attribute, of either kind of string; empty when there is none.
std::optional<std::string> text_attribute(hid_t object, const char* name);
/// One text per element of an attribute; empty when there is none or when it holds no text.
std::vector<std::string> texts_attribute(hid_t object, const char* name);
/// The numbers of an attribute; empty when there is none or when it holds no numbers.
std::vector<double> numbers_attribute(hid_t object, const char* name);

/// All attributes that are text or few numbers, but those that the axes are made from, as text of a JSON object. Text
/// that is a JSON object itself, as levin writes its history, comes back as one.
std::string attributes_json(hid_t object);
/// The reverse: texts and numbers as what they are, all else as JSON text.
void write_attributes_json(hid_t object, const std::string& json);
void write_texts_attribute(hid_t object, const char* name, const std::vector<std::string>& texts);
void write_numbers_attribute(hid_t object, const char* name, const std::vector<double>& numbers);

}  // namespace levin::formats
