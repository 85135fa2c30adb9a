#pragma once

#include <string>

#include <vtkDataObject.h>
#include <vtkNew.h>

namespace tessera::io {

/// The bytes of a file of one of VTK's XML writers: raw appended data behind zlib.
template <class Writer>
std::string vtk_bytes(vtkDataObject *data)
{
  vtkNew<Writer> writer;
  writer->SetInputData(data);
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  writer->SetCompressorTypeToZLib();
  writer->WriteToOutputStringOn();
  writer->Write();
  return writer->GetOutputString();
}

}  // namespace tessera::io
