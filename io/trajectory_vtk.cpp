#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkXMLPolyDataWriter.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/trajectory_vtk.hpp>

#include <tessera/io/whole_file.hpp>

#include "vtk_bytes.hpp"

namespace tessera::io {
namespace {

void check(VtkTrajectory const &trajectory)
{
  std::size_t const times = trajectory.times.size();
  auto const expect = [&](std::size_t size, std::size_t wanted, std::string const &what) {
    if (size == wanted) return;
    throw Error(fmt::format("trajectory \"{}\": {} values of {} for {} times, not {}",
                            trajectory.part, size, what, times, wanted));
  };
  expect(trajectory.points.size(), 3 * times, "points");
  for (auto const &[name, values] : trajectory.arrays) expect(values.size(), times, name);
  if (!std::is_sorted(trajectory.times.begin(), trajectory.times.end())) {
    throw Error("trajectory \"" + trajectory.part + "\": its times do not ascend");
  }
}

/// Trajectories of one name, drawn as one block.
struct Part {
  std::string name;
  std::vector<VtkTrajectory const *> trajectories;
};

/// In the order in which the names come first.
std::vector<Part> group(std::vector<VtkTrajectory> const &trajectories)
{
  std::vector<Part> parts;
  std::map<std::string, std::size_t> place;
  for (VtkTrajectory const &trajectory : trajectories) {
    check(trajectory);
    auto const [at, is_new] = place.try_emplace(trajectory.part, parts.size());
    if (is_new) parts.push_back({trajectory.part, {}});
    parts[at->second].trajectories.push_back(&trajectory);
  }
  return parts;
}

/// `frames` times of the trajectory that ends last, first and last among them.
std::vector<double> frame_times(std::vector<VtkTrajectory> const &trajectories, int frames)
{
  std::vector<double> const *longest = &trajectories.front().times;
  for (VtkTrajectory const &trajectory : trajectories) {
    bool const later = !trajectory.times.empty() &&
                       (longest->empty() || trajectory.times.back() > longest->back());
    if (later) longest = &trajectory.times;
  }
  std::size_t const count = longest->size();
  auto const wanted = std::min(static_cast<std::size_t>(std::max(frames, 1)), count);
  std::vector<double> times;
  for (std::size_t k = 0; k < wanted; ++k) {
    std::size_t const at = wanted == 1 ? count - 1 : k * (count - 1) / (wanted - 1);
    times.push_back((*longest)[at]);
  }
  return times;
}

/// Points of a trajectory up to `time`. A solve that blew up ends before its first point that is
/// not finite: ParaView cannot place what follows.
std::size_t shown(VtkTrajectory const &trajectory, double time)
{
  std::size_t n = 0;
  while (n < trajectory.times.size() && trajectory.times[n] <= time) {
    auto const point = trajectory.points.begin() + static_cast<std::ptrdiff_t>(3 * n);
    if (!std::all_of(point, point + 3, [](double x) { return std::isfinite(x); })) break;
    ++n;
  }
  return n;
}

vtkNew<vtkFloatArray> named(std::string const &name)
{
  vtkNew<vtkFloatArray> array;
  array->SetName(name.c_str());
  return array;
}

/// The values of an array of this name, or null: trajectories of a part may carry different ones.
std::vector<double> const *find(VtkTrajectory const &trajectory, std::string const &name)
{
  if (name == "time") return &trajectory.times;
  for (auto const &[own, values] : trajectory.arrays) {
    if (own == name) return &values;
  }
  return nullptr;
}

std::vector<std::string> array_names(Part const &part)
{
  std::vector<std::string> names{"time"};
  for (VtkTrajectory const *trajectory : part.trajectories) {
    for (auto const &[name, values] : trajectory->arrays) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

/// Poly-lines of a part up to `time`, in single precision, with a vertex at the head of each: at
/// the first frame there is no line yet.
vtkNew<vtkPolyData> poly_lines(Part const &part, double time)
{
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines, heads;
  for (VtkTrajectory const *trajectory : part.trajectories) {
    std::size_t const n = shown(*trajectory, time);
    if (n == 0) continue;
    vtkIdType const first = points->GetNumberOfPoints();
    for (std::size_t i = 0; i < n; ++i) points->InsertNextPoint(&trajectory->points[3 * i]);
    vtkIdType const last = points->GetNumberOfPoints() - 1;
    heads->InsertNextCell(1, &last);
    if (n < 2) continue;
    lines->InsertNextCell(static_cast<int>(n));
    for (vtkIdType id = first; id <= last; ++id) lines->InsertCellPoint(id);
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetVerts(heads);
  data->SetLines(lines);
  for (std::string const &name : array_names(part)) {
    vtkNew<vtkFloatArray> array = named(name);
    for (VtkTrajectory const *trajectory : part.trajectories) {
      std::vector<double> const *values = find(*trajectory, name);
      for (std::size_t i = 0; i < shown(*trajectory, time); ++i) {
        array->InsertNextValue(values ? static_cast<float>((*values)[i]) : NAN);
      }
    }
    data->GetPointData()->AddArray(array);
  }
  return data;
}

std::string file_name(std::size_t frame, std::size_t part, std::string const &name)
{
  std::string plain = name;
  for (char &c : plain) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
  }
  plain.resize(std::min(plain.size(), std::size_t{100}));  // the numbers alone tell files apart
  return fmt::format("{:04}_{:03}_{}.vtp", frame, part, plain);
}

std::string escaped(std::string const &text)
{
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // XML has no control characters
    }
  }
  return out;
}

}  // namespace

void write_trajectories(std::filesystem::path const &folder, std::string const &name,
                        std::vector<VtkTrajectory> const &trajectories, int frames)
{
  if (trajectories.empty()) throw Error("no trajectory to write to " + name + ".pvd");
  std::vector<Part> const parts = group(trajectories);
  std::vector<double> const times = frame_times(trajectories, frames);

  std::string collection =
      "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\">\n  <Collection>\n";
  for (std::size_t k = 0; k < times.size(); ++k) {
    throw_if_stopped();
    for (std::size_t p = 0; p < parts.size(); ++p) {
      std::string const file = file_name(k, p, parts[p].name);
      write_whole(folder / name / file,
                  vtk_bytes<vtkXMLPolyDataWriter>(poly_lines(parts[p], times[k])),
                  Durability::cached);
      collection +=
          fmt::format("    <DataSet timestep=\"{}\" part=\"{}\" name=\"{}\" file=\"{}/{}\"/>\n",
                      times[k], p, escaped(parts[p].name), escaped(name), file);
    }
  }
  // The collection comes last: ParaView never sees a name without its file.
  write_whole(folder / (name + ".pvd"), collection + "  </Collection>\n</VTKFile>\n");
}

}  // namespace tessera::io
