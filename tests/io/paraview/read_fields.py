"""Run by pvpython: ParaView sees a run's boxes as named blocks with their arrays, and draws them."""

import sys

from paraview import servermanager, simple
from vtkmodules.vtkIOImage import vtkPNGReader

folder = sys.argv[1]
reader = simple.OpenDataFile(f"{folder}/fields/fields.pvd")
reader.UpdatePipeline()
blocks = servermanager.Fetch(reader)
names = [blocks.GetMetaData(i).Get(blocks.NAME()) for i in range(blocks.GetNumberOfBlocks())]
assert names == [f"expert_{e}" for e in range(4)], names
points, largest = 0, 0
for e in range(4):
    box = blocks.GetBlock(e).GetBlock(0)
    data = box.GetPointData()
    arrays = [data.GetArrayName(i) for i in range(data.GetNumberOfArrays())]
    assert arrays == ["prediction", "truth", "error", "expert", "constraint_residual"], arrays
    assert data.GetArray("expert").GetRange() == (e, e)
    points += box.GetNumberOfPoints()
    largest = max(largest, *map(abs, data.GetArray("error").GetRange()))
assert points == 98 * 31, points
assert 0 < largest < 0.1, largest

view = simple.CreateView("RenderView")
view.ViewSize = [640, 480]
view.Background = [1, 1, 1]
view.UseColorPaletteForBackground = 0
shown = simple.Show(reader, view)
simple.ColorBy(shown, ("POINTS", "prediction"))
shown.RescaleTransferFunctionToDataRange()
simple.ResetCamera(view)
simple.SaveScreenshot(f"{folder}/prediction.png", view)

image = vtkPNGReader()
image.SetFileName(f"{folder}/prediction.png")
image.Update()
pixels = image.GetOutput().GetPointData().GetScalars()
colours = {pixels.GetTuple(i)[:3] for i in range(0, pixels.GetNumberOfTuples(), 7)}
assert len(colours) > 50, f"{len(colours)} colours: the picture is blank"
print(f"ParaView read and drew {len(names)} boxes, {len(colours)} colours")
