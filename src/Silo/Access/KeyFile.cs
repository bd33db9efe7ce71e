using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DagmmStream.Silo.Access;

/// <summary>The file of API keys: JSON, readable by its owner alone, replaced as a whole.</summary>
/// <param name="path">Where it is.</param>
/// <param name="time">Clock.</param>
public sealed class KeyFile(string path, TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Full path of the file.</summary>
    public string Location { get; } = Path.GetFullPath(path);

    /// <summary>Reads all keys; none when there is no file.</summary>
    /// <returns>The keys.</returns>
    /// <exception cref="InvalidDataException">The file is no list of keys.</exception>
    public ImmutableArray<ApiKey> Read()
    {
        if (!File.Exists(Location)) return [];
        try
        {
            return JsonSerializer.Deserialize<ImmutableArray<ApiKey>>(File.ReadAllText(Location), Json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"the key file \"{Location}\" cannot be read ({e.Message}); repair it, or remove it and make new keys", e);
        }
    }

    /// <summary>Makes a key.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="streamPrefix">Only streams whose name begins with this; null for all.</param>
    /// <param name="lifetime">How long it opens; null for ever.</param>
    /// <returns>The key itself: it cannot be shown again.</returns>
    public string Create(string name, ImmutableArray<ApiScope> scopes, string? streamPrefix = null, TimeSpan? lifetime = null)
    {
        var (id, key) = ApiKeySecret.New();
        var now = time.GetUtcNow();
        Write([.. Read(), new ApiKey
        {
            Id = id,
            Name = name,
            Hash = ApiKeySecret.Hash(key),
            Scopes = scopes,
            StreamPrefix = streamPrefix,
            Created = now,
            Expires = lifetime is { } span ? now + span : null,
        }]);
        return key;
    }

    /// <summary>Makes a successor with the same rights; the old key opens for a while yet, so that its users can change over.</summary>
    /// <param name="id">The old key.</param>
    /// <param name="grace">How long the old key still opens.</param>
    /// <returns>The new key; null when there is no such key.</returns>
    public string? Rotate(string id, TimeSpan grace)
    {
        var keys = Read();
        if (keys.FirstOrDefault(key => key.Id == id) is not { } old) return null;
        var end = time.GetUtcNow() + grace;
        Write([.. keys.Select(key => key.Id == id ? key with { Expires = key.Expires < end ? key.Expires : end } : key)]);
        return Create(old.Name, old.Scopes, old.StreamPrefix, old.Expires - old.Created);
    }

    /// <summary>Removes a key; it opens no more.</summary>
    /// <param name="id">The key.</param>
    /// <returns>False when there is no such key.</returns>
    public bool Revoke(string id)
    {
        var keys = Read();
        var rest = keys.RemoveAll(key => key.Id == id);
        if (rest.Length == keys.Length) return false;
        Write(rest);
        return true;
    }

    private void Write(ImmutableArray<ApiKey> keys)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Location)!);
        var temporary = Location + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options)) JsonSerializer.Serialize(file, keys, Json);
        File.Move(temporary, Location, overwrite: true);
    }
}
