using System.Globalization;
using ClamProxy.Soak.Load;
using ClamProxy.Soak.Matrix;

return args switch
{
    ["matrix"] => await MatrixCommand.RunAsync((_, _) => true),
    ["matrix", var component] when Enum.TryParse<Component>(component, ignoreCase: true, out var chosen) => await MatrixCommand.RunAsync((one, _) => one == chosen),
    ["matrix", var component, var kind] when Enum.TryParse<Component>(component, ignoreCase: true, out var chosen) && Enum.TryParse<FaultKind>(kind, ignoreCase: true, out var fault) =>
        await MatrixCommand.RunAsync((one, other) => (one, other) == (chosen, fault)),
    ["soak"] => await SoakAsync(TimeSpan.FromMinutes(10)),
    ["soak", var time] when Duration(time) is { } duration => await SoakAsync(duration),
    ["overload"] => await OverloadAsync(TimeSpan.FromSeconds(20)),
    ["overload", var time] when Duration(time) is { } duration => await OverloadAsync(duration),
    _ => Usage(),
};

static async Task<int> SoakAsync(TimeSpan duration) =>
    await SoakRun.RunAsync(duration, Environment.TickCount, Console.WriteLine, Console.Error.WriteLine) ? 0 : 1;

static async Task<int> OverloadAsync(TimeSpan duration) => await OverloadRun.RunAsync(duration, Console.WriteLine) ? 0 : 1;

static TimeSpan? Duration(string text) =>
    text is [.. var number, 's' or 'm'] && double.TryParse(number, CultureInfo.InvariantCulture, out var count) && count > 0
        ? text[^1] == 'm' ? TimeSpan.FromMinutes(count) : TimeSpan.FromSeconds(count)
        : null;

static int Usage()
{
    Console.Error.WriteLine("""
        usage: ClamProxy.Soak matrix [component [fault]]   every fault, while every kind of request is under way
               ClamProxy.Soak soak [duration]              a mix at saturation with faults; 10m unless told otherwise
               ClamProxy.Soak overload [duration]          the peak, then ten times as much; 20s each unless told otherwise
        """);
    return 64;
}
