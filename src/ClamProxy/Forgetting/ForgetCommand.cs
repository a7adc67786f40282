using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.Management;

namespace ClamProxy.Forgetting;

/// <summary><c>clamproxy forget</c> and <c>clamproxy rescan</c>: ask the management port of a running ClamProxy.</summary>
internal static class ForgetCommand
{
    /// <returns>0: it is done; 2: it is not; 64: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var (arguments, exitCode) = ForgetArguments.Parse(args, ManagementClient.UsualAddress(), output, error);
        if (arguments is null)
        {
            return exitCode;
        }

        if (await ManagementClient.AskAsync(arguments.Management, arguments.Path, Body(arguments), error) is not { } answer)
        {
            return CommandExit.Failed;
        }

        await output.WriteLineAsync(arguments.Path switch
        {
            "/rescan" => "everything is scanned again",
            "/forget" => "forgotten",
            _ => "it is scanned again",
        });
        if (ManagementClient.Member(answer, "shared") == "False")
        {
            await error.WriteLineAsync("Redis does not answer: the other processes learn of it when it does");
        }

        return 0;
    }

    private static string Body(ForgetArguments arguments) =>
        arguments.Name is { } name ? $"{{\"{name}\": {(arguments.Value is true ? "true" : $"\"{Encoded(arguments)}\"")}}}" : "{}";

    private static JsonEncodedText Encoded(ForgetArguments arguments) => JsonEncodedText.Encode((string)arguments.Value!);
}
