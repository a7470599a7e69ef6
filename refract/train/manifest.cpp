#include "refract/train/manifest.h"

#include <ATen/Version.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <torch/version.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "refract/core/errors.h"
#include "refract/train/machine.h"
#include "refract_commit.h"
#include "refract_version.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

std::string compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string now() {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

std::vector<std::string> configuration() {
  std::vector<std::string> lines;
  std::istringstream text(at::show_config());
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

Json speed_settings() {
  Json found = Json::object();
  for (const char* name : speed_variables)
    if (const char* value = std::getenv(name)) found[name] = value;
  return found;
}

Json host() {
  utsname system{};
  ::uname(&system);
  return {{"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
          {"processor", processor_name()},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_bytes", ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE)}};
}

Json described(const Space& space) {
  Json json = {{"sizes", space.sizes}, {"values", name_of(space.values)}};
  if (space.is_picture()) json["fit"] = name_of(space.fit);
  if (space.values == Values::counts) json["library"] = space.library;
  return json;
}

Json described(const TableColumns& columns) {
  return {{"names", columns.names}, {"centre", columns.centre}, {"scale", columns.scale}, {"fill", columns.fill}};
}

TableColumns columns_of(const Json& data) {
  TableColumns columns;
  if (!data.contains("columns")) return columns;
  const Json& from = data.at("columns");
  from.at("names").get_to(columns.names);
  from.at("centre").get_to(columns.centre);
  from.at("scale").get_to(columns.scale);
  from.at("fill").get_to(columns.fill);
  return columns;
}

Json described(const std::vector<Attribute>& attributes) {
  Json list = Json::array();
  for (const Attribute& attribute : attributes)
    list.push_back({{"name", attribute.name}, {"values", attribute.values}, {"identity", attribute.identity}});
  return list;
}

// Manifests of before attributes were recorded have none.
std::vector<Attribute> attributes_in(const Json& data) {
  std::vector<Attribute> attributes;
  for (const Json& from : data.value("attributes", Json::array()))
    attributes.push_back({from.at("name"), from.at("values").get<std::vector<std::string>>(), from.at("identity")});
  return attributes;
}

Json described(const DataInfo& data) {
  Json json = {{"name", data.name},       {"space", described(data.space)}, {"factors", data.factors},
               {"classes", data.classes}, {"checksums", data.checksums},    {"note", data.note}};
  if (!data.attributes.empty()) json["attributes"] = described(data.attributes);
  if (!data.columns.names.empty()) json["columns"] = described(data.columns);
  return json;
}

// Manifests of before there were rows and rectangles have the channels and the size of square pictures.
Space space_of(const Json& data) {
  if (!data.contains("space")) return Space::square(data.at("channels"), data.at("size"));
  const Json& from = data.at("space");
  Space space;
  from.at("sizes").get_to(space.sizes);
  space.values = values_named(from.at("values").get<std::string>());
  space.library = from.value("library", 0.0);
  space.fit = fit_named(from.value("fit", "crop"));
  return space;
}

std::string text_of(const Json& manifest) {
  return manifest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What `read` makes of the manifest.
template <class Read>
auto parsed(const std::string& text, const std::string& origin, Read read) {
  try {
    Json manifest = Json::parse(text);
    return read(manifest);
  } catch (const Json::exception& error) {
    throw BadInput(
        fmt::format("Reading {}: expected the manifest of a run, found something else ({}).", origin, error.what()));
  }
}

}  // namespace

std::string libtorch_version() {
  return TORCH_VERSION;
}

std::string manifest_text(const Settings& settings, const DataInfo& data, const std::string& command,
                          const RunOrigin& origin) {
  const Json manifest = {
      {"refract", {{"version", REFRACT_VERSION}, {"commit", REFRACT_COMMIT}}},
      {"created", now()},
      {"command", command},
      {"directory", origin.directory.string()},
      {"run", origin.run.string()},
      {"method", settings.method},
      {"data", described(data)},
      {"seed", settings.train.seed},
      {"steps", origin.steps},
      {"threads", thread_count(settings.train)},
      {"device", device_of(settings.train).str()},
      {"libtorch", {{"version", libtorch_version()}, {"configuration", configuration()}}},
      {"blas", blas_file()},
      {"environment", speed_settings()},
      {"compiler", compiler()},
      {"host", host()},
  };
  return text_of(manifest);
}

std::string manifest_with_resumption(const std::string& text, const std::string& origin, int64_t done, int64_t steps) {
  return parsed(text, origin, [&](Json& manifest) {
    manifest["resumed"].push_back({{"at", now()}, {"done", done}, {"steps", steps}});
    return text_of(manifest);
  });
}

DataInfo manifest_data(const std::string& text, const std::string& origin) {
  return parsed(text, origin, [](const Json& manifest) {
    const Json& data = manifest.at("data");
    DataInfo info;
    data.at("name").get_to(info.name);
    info.space = space_of(data);
    info.columns = columns_of(data);
    data.at("factors").get_to(info.factors);
    data.at("classes").get_to(info.classes);
    info.attributes = attributes_in(data);
    data.at("checksums").get_to(info.checksums);
    data.at("note").get_to(info.note);
    return info;
  });
}

RunOrigin manifest_origin(const std::string& text, const std::string& origin) {
  return parsed(text, origin, [](const Json& manifest) {
    return RunOrigin{manifest.value("directory", ""), manifest.value("run", ""), manifest.value("steps", int64_t{0})};
  });
}

}  // namespace refract
