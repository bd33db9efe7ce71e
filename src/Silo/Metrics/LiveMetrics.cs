using System.Diagnostics.Metrics;
using DagmmStream.Silo.Live;

namespace DagmmStream.Silo.Metrics;

/// <summary>The instruments of the HTTP API that ASP.NET has not.</summary>
internal sealed class LiveMetrics
{
    public const string MeterName = "DagmmStream.Silo";

    public LiveMetrics(IMeterFactory meters, LiveHub hub) => meters.Create(MeterName).CreateObservableGauge(
        "dagmm.live.connections", () => hub.Connections, "{connection}", "Live connections.");
}
