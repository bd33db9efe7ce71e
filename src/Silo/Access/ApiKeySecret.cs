using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DagmmStream.Silo.Access;

/// <summary>Makes keys and checks them: "dagmm_", eight characters of the id, "_", 256 random bits in base64url.</summary>
internal static class ApiKeySecret
{
    public const string Prefix = "dagmm_";
    private const int IdBytes = 4;
    private const int SecretBytes = 32;
    private const int IdLength = 2 * IdBytes;

    /// <summary>A new key; it is shown once and never stored.</summary>
    public static (string Id, string Key) New()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return (id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The id in a key; null when it has not the form of one.</summary>
    public static string? IdOf(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && key.Length > Prefix.Length + IdLength && key[Prefix.Length + IdLength] == '_'
            ? key.Substring(Prefix.Length, IdLength) : null;

    /// <summary>Compares in a time that does not depend on where the difference is.</summary>
    public static bool Matches(string key, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(key)), Encoding.ASCII.GetBytes(hash));
}
