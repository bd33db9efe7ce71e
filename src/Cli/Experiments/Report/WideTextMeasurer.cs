using OxyPlot;

namespace DagmmStream.Cli.Experiments.Report;

/// <summary>
/// Measures text larger than the chart library's Helvetica: a page is shown in whatever sans-serif font its reader has, and the
/// library reserves and clips by what it measured.
/// </summary>
internal sealed class WideTextMeasurer(double width, double height) : PdfRenderContext(width, height, OxyColors.White)
{
    private const double WidthMargin = 1.5;
    private const double HeightMargin = 1.3;

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        var size = base.MeasureText(text, fontFamily, fontSize, fontWeight);
        return new OxySize(size.Width * WidthMargin, size.Height * HeightMargin);
    }
}
