// A silo whose partitions do nothing but answer: the path of an event with scoring, journal and learning taken out.
// Arguments: silo port, gateway port.
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var (siloPort, gatewayPort) = (int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture));
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "dagmm", clusterId: "dagmm"));
await builder.Build().RunAsync();
