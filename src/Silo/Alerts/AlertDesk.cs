using DagmmStream.Silo.Api;
using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Alerts;

/// <summary>What the calls about alerts share: the store, and only what the caller may see of it.</summary>
internal sealed class AlertDesk(IAlertStore alerts, GrainLookup grains, AlertLinks links)
{
    public IAlertStore Alerts => alerts;

    public GrainLookup Grains => grains;

    /// <summary>An alert that the caller may see.</summary>
    /// <exception cref="ApiException">404 when there is none, or it is not the caller's.</exception>
    public async Task<AlertRecord> FindAsync(string id, CancellationToken cancellationToken) =>
        await alerts.FindAsync(id, cancellationToken) is { } record && grains.IsVisible(record.Episode.Stream)
            ? record
            : throw new ApiException(
                StatusCodes.Status404NotFound, "alert-not-found", "There is no such alert",
                $"there is no alert \"{id}\", or it is not kept any more");

    public AlertView View(AlertRecord record) => AlertView.Of(record, links.Address);
}
