#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <vtkNew.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLDataParser.h>

namespace tessera::io {

struct Piece {
  double time;
  std::string part, name, file;
};

/// What a .pvd says, by an XML parser.
inline std::vector<Piece> pieces_of(std::filesystem::path const &pvd)
{
  vtkNew<vtkXMLDataParser> parser;
  parser->SetFileName(pvd.c_str());
  EXPECT_EQ(parser->Parse(), 1);
  std::vector<Piece> pieces;
  vtkXMLDataElement *collection = parser->GetRootElement()->FindNestedElementWithName("Collection");
  auto const text = [](char const *attribute) { return attribute ? attribute : ""; };
  for (int i = 0; i < collection->GetNumberOfNestedElements(); ++i) {
    vtkXMLDataElement *set = collection->GetNestedElement(i);
    pieces.push_back({std::stod(set->GetAttribute("timestep")), text(set->GetAttribute("part")),
                      text(set->GetAttribute("name")), text(set->GetAttribute("file"))});
  }
  return pieces;
}

}  // namespace tessera::io
