"""Run by pvpython: ParaView sees true times, named blocks and arrays, and can draw them."""

import sys

from paraview import servermanager, simple
from vtkmodules.vtkIOImage import vtkPNGReader

folder = sys.argv[1]
reader = simple.OpenDataFile(f"{folder}/phase.pvd")
assert [round(t, 9) for t in reader.TimestepValues] == list(range(11)), list(reader.TimestepValues)

reader.UpdatePipeline(5.0)
blocks = servermanager.Fetch(reader)
names = [blocks.GetMetaData(i).Get(blocks.NAME()) for i in range(blocks.GetNumberOfBlocks())]
assert names == [f"family_{f}/environment_{e}" for f in (24, 25) for e in (0, 1)], names
first = blocks.GetBlock(0).GetBlock(0)  # a part is a block of its pieces, here one
assert first.GetNumberOfPoints() == 101, first.GetNumberOfPoints()  # t = 0, 0.05 … 5
arrays = [first.GetPointData().GetArrayName(i) for i in range(2)]
assert arrays == ["time", "radius"], arrays

view = simple.CreateView("RenderView")
view.ViewSize = [640, 480]
view.Background = [1, 1, 1]
view.UseColorPaletteForBackground = 0
shown = simple.Show(reader, view)
view.ViewTime = 10.0
simple.ColorBy(shown, ("POINTS", "radius"))
shown.LineWidth = 2
shown.RescaleTransferFunctionToDataRangeOverTime()
simple.ResetCamera(view)
simple.SaveScreenshot(f"{folder}/phase.png", view)

image = vtkPNGReader()
image.SetFileName(f"{folder}/phase.png")
image.Update()
pixels = image.GetOutput().GetPointData().GetScalars()
count = pixels.GetNumberOfTuples()
drawn = sum(pixels.GetTuple(i)[:3] != (255.0, 255.0, 255.0) for i in range(count))
assert 1000 < drawn < count / 4, f"{drawn} of {count} pixels are drawn"
print(f"ParaView read and drew {len(names)} blocks at {len(reader.TimestepValues)} times")
