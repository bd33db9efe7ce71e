using System.Data.Common;
using Orleans.Runtime;
using Orleans.Storage;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>
/// Orleans' ADO.NET grain storage with our errors: those of the driver have no wire form, and a caller whose partition cannot be read
/// must learn that the store does not answer, and that it may try again.
/// </summary>
/// <param name="inner">The provider.</param>
/// <param name="store">The store, for messages.</param>
internal sealed class PostgreSqlGrainStorage(IGrainStorage inner, IStore store) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunAsync(() => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunAsync(() => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        RunAsync(() => inner.ClearStateAsync(stateName, grainId, grainState));

    private async Task RunAsync(Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            // Without the cause, which could not travel to the caller; its text is in the message.
            var translated = PostgreSqlErrors.Translate(exception, store.Location);
            throw new DagmmStreamException(translated.Code, translated.Message, translated.IsTransient);
        }
    }
}
