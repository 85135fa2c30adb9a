"""Run by pvpython: ParaView sees a field over a plane at true times, with its cells, and draws it."""

import sys

from paraview import servermanager, simple
from vtkmodules.vtkIOImage import vtkPNGReader

folder = sys.argv[1]
reader = simple.OpenDataFile(f"{folder}/fields.pvd")
times = [round(t, 9) for t in reader.TimestepValues]
assert times == [round(0.1 * n, 9) for n in range(11)], times


def plane(time):
    """The data of the one block there is at a time."""
    reader.UpdatePipeline(time)
    data = servermanager.Fetch(reader)
    while data.IsA("vtkCompositeDataSet"):
        data = data.GetBlock(0)
    return data


for time, hump in ((0.0, 0.5), (1.0, 1.5)):
    data = plane(time)
    assert data.GetNumberOfCells() == 200, data.GetNumberOfCells()
    bounds = [round(b, 9) for b in data.GetBounds()]
    assert bounds == [0, 2, 0, 1, 0, 0], bounds
    cells = data.GetCellData()
    arrays = [cells.GetArrayName(i) for i in range(cells.GetNumberOfArrays())]
    assert arrays == ["prediction", "expert"], arrays
    assert cells.GetArray("expert").GetRange() == (0, 3)
    values = [cells.GetArray("prediction").GetValue(i) for i in range(200)]
    box = data.GetCell(values.index(max(values))).GetBounds()
    assert box[0] - 1e-6 <= hump <= box[1] + 1e-6, (time, box)

view = simple.CreateView("RenderView")
view.ViewSize = [640, 480]
view.Background = [1, 1, 1]
view.UseColorPaletteForBackground = 0
shown = simple.Show(reader, view)
shown.SetRepresentationType("Surface")
view.ViewTime = 0.5
simple.ColorBy(shown, ("CELLS", "prediction"))
shown.RescaleTransferFunctionToDataRange()
simple.ResetCamera(view)
simple.SaveScreenshot(f"{folder}/plane.png", view)

image = vtkPNGReader()
image.SetFileName(f"{folder}/plane.png")
image.Update()
pixels = image.GetOutput().GetPointData().GetScalars()
colours = {pixels.GetTuple(i)[:3] for i in range(0, pixels.GetNumberOfTuples(), 7)}
assert len(colours) > 20, f"{len(colours)} colours: the picture is blank"
print(f"ParaView read and drew a plane at {len(times)} times, {len(colours)} colours")
