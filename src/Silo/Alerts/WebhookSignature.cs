using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DagmmStream.Silo.Alerts;

/// <summary>
/// The signature of a message, as the Standard Webhooks specification has it: HMAC-SHA256 over "id.time.body" in base64 behind "v1,".
/// Libraries that check it exist for most languages; the time keeps an old message from being sent again by somebody else.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimeHeader = "webhook-timestamp";
    public const string Header = "webhook-signature";

    /// <param name="secret">The key.</param>
    /// <param name="id">Id of the message.</param>
    /// <param name="seconds">Seconds since 1970-01-01 UTC at which it is sent.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Of(byte[] secret, string id, long seconds, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }
}
