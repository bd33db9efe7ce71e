using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Access;

/// <summary>The keys of the file, in memory; a changed file is read again with the next request.</summary>
internal sealed partial class KeyRing(IOptions<AccessOptions> options, TimeProvider time, ILogger<KeyRing> logger)
{
    private readonly KeyFile _file = new(options.Value.KeysFile, time);
    private readonly Lock _loading = new();
    private FrozenDictionary<string, ApiKey> _keys = FrozenDictionary<string, ApiKey>.Empty;
    private (DateTime Time, long Length) _read;

    /// <summary>The key that a caller showed, if it opens.</summary>
    public ApiKey? Find(string shown)
    {
        Refresh();
        if (ApiKeySecret.IdOf(shown) is not { } id || !_keys.TryGetValue(id, out var key)) return null;
        return ApiKeySecret.Matches(shown, key.Hash) && key.IsActive(time.GetUtcNow()) ? key : null;
    }

    private void Refresh()
    {
        lock (_loading)
        {
            var info = new FileInfo(_file.Location);
            var stands = (info.LastWriteTimeUtc, info.Exists ? info.Length : 0);
            if (stands == _read) return;
            try
            {
                _keys = _file.Read().ToFrozenDictionary(key => key.Id, StringComparer.Ordinal);
                _read = stands;
                LogLoaded(_keys.Count, _file.Location);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                // A half-written or broken file must neither lock everybody out nor let anybody in: the last good one stands.
                LogUnreadable(e, _file.Location);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} API keys read from {File}")]
    private partial void LogLoaded(int count, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The API keys in {File} cannot be read; the ones read before stand")]
    private partial void LogUnreadable(Exception exception, string file);
}
