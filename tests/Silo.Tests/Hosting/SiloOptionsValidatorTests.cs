using DagmmStream.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Tests.Hosting;

public class SiloOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Succeed() => Assert.True(new SiloOptionsValidator().Validate(null, new SiloOptions()).Succeeded);

    [Fact]
    public void Validate_SeveralWrongValues_ReportsEach()
    {
        var result = new SiloOptionsValidator().Validate(
            null, new SiloOptions { SiloPort = 0, ClusterId = " ", Urls = "", LogFormat = (LogFormat)7 });
        Assert.Equal(4, result.Failures!.Count());
        Assert.Contains(result.Failures!, failure => failure.StartsWith("Silo:ClusterId = \" \"", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_WrongOptions_DoesNotBuild()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => SiloApplication.Create(new SiloOptions { SiloPort = -1 }));
        Assert.Contains("Silo:SiloPort = \"-1\"", exception.Message, StringComparison.Ordinal);
    }
}
