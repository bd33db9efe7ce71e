namespace DagmmStream;

/// <summary>Who is told about the alerts of a stream.</summary>
public sealed record AlertWebhook
{
    /// <summary>What a secret begins with.</summary>
    public const string SecretPrefix = "whsec_";

    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;

    /// <summary>Name, unique in the policy: 1 to 64 of letters, digits, '.', '_', '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Where to: an absolute http or https address without user information.</summary>
    public required string Url { get; init; }

    /// <summary>Key of the signature: "whsec_" and 24 to 64 bytes in base64. Null sends without a signature.</summary>
    public string? Secret { get; init; }

    /// <summary>The bytes of the secret; null without one.</summary>
    /// <returns>The bytes.</returns>
    public byte[]? SecretBytes()
    {
        if (Secret is null) return null;
        var bytes = new byte[Secret.Length];
        return Secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64Chars(Secret.AsSpan(SecretPrefix.Length), bytes, out var count)
                ? bytes[..count]
                : throw Invalid($"the secret of webhook \"{Name}\" is not \"{SecretPrefix}\" and base64");
    }

    /// <summary>Name and address; the secret stays one.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Name}: {Url}";

    /// <summary>Throws when a value is out of range, naming it but never the secret.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public void Validate()
    {
        if (Name is not { Length: >= 1 and <= 64 } || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw Invalid($"webhook name \"{Name}\": use 1 to 64 letters, digits, '.', '_', '-'");
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw Invalid($"the address of webhook \"{Name}\" is \"{Url}\": use an absolute http or https address");
        if (address.UserInfo.Length > 0)
            throw Invalid($"the address of webhook \"{Name}\" holds a user: leave it out, and use the signature instead");
        if (SecretBytes() is { Length: < MinSecretBytes or > MaxSecretBytes } bytes)
            throw Invalid($"the secret of webhook \"{Name}\" has {bytes.Length} bytes: use {MinSecretBytes} to {MaxSecretBytes}");
    }

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, message);
}
