using OxyPlot;

namespace DagmmStream.Cli.Experiments.Report;

/// <summary>
/// Measures text two fifths wider than the chart library's Helvetica: a page is shown in whatever sans-serif font its reader has, and the
/// library reserves and clips by what it measured.
/// </summary>
internal sealed class WideTextMeasurer(double width, double height) : PdfRenderContext(width, height, OxyColors.White)
{
    private const double Margin = 1.4;

    /// <inheritdoc/>
    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        var size = base.MeasureText(text, fontFamily, fontSize, fontWeight);
        return new OxySize(size.Width * Margin, size.Height);
    }
}
