using DagmmStream.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Access;

/// <summary>Refuses to start a service that other machines can reach and that asks nobody for a key.</summary>
internal static class OpenDoorCheck
{
    /// <exception cref="OptionsValidationException">An address is not of this machine, and there is neither a key nor a JWT
    /// authority.</exception>
    public static void Check(IConfiguration configuration, string urls, TimeProvider time)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "");
        var beyond = ListenAddress.Beyond(string.Join(';', endpoints.Prepend(urls))).FirstOrDefault();
        if (beyond is null) return;
        var access = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        if (access.JwtAuthority is not null) return;
        var file = new KeyFile(access.KeysFile, time);
        if (file.Read().Any(key => key.IsActive(time.GetUtcNow()))) return;
        throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions),
        [
            $"{SiloOptions.Section}:Urls: {beyond} can be reached from other machines, and there is no API key in \"{file.Location}\". "
            + $"Make one with: dagmm keys create --name ops --scopes admin --file \"{file.Location}\" - "
            + "or listen on http://127.0.0.1:8080.",
        ]);
    }
}
