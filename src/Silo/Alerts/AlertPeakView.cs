namespace DagmmStream.Silo.Alerts;

/// <summary>The most anomalous event of an alert.</summary>
/// <param name="Offset">Its offset; the explanation has it at <c>/streams/{s}/explanations/{offset}</c>.</param>
/// <param name="Time">Event time.</param>
/// <param name="Energy">Its sample energy.</param>
/// <param name="Score">Its score.</param>
/// <param name="PValue">Its p-value.</param>
public sealed record AlertPeakView(long Offset, DateTimeOffset Time, double Energy, double Score, double PValue);
