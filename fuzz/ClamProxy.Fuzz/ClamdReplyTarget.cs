using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.Core.Clamd;

namespace ClamProxy.Fuzz;

/// <summary>
/// clamd's replies. Whatever the bytes are: nothing is thrown; clean is exactly <c>stream: OK</c> or <c>fd[digits]: OK</c> with its NUL,
/// each for its own command; what was found lies between the reply's beginning and its FOUND; no text holds a control character.
/// </summary>
internal static partial class ClamdReplyTarget
{
    public static FuzzTarget Create() => new(
        "clamd-reply",
        [
            "stream: ",
            "fd[1]: ",
            "fd[",
            "]: ",
            "OK",
            " OK",
            " FOUND",
            " ERROR",
            "\0",
            "\n",
            "COMMAND READ TIMED OUT",
            "UNKNOWN COMMAND",
            "INSTREAM size limit exceeded.",
            "Heuristics.Limits.Exceeded.MaxFileSize",
            "Heuristics.Encrypted.Zip",
            ": "],
        Check);

    private static FuzzOutcome Check(byte[] input)
    {
        var classes = new StringBuilder();
        foreach (var command in new[] { ScanCommand.None, ScanCommand.Instream, ScanCommand.Fildes })
        {
            var reply = ClamdReply.Parse(input, command);
            var outcome = ReplyOutcome.Of(reply);
            classes.Append(reply.Kind).Append('/').Append(outcome).Append(' ');
            if (Violation(Encoding.Latin1.GetString(input), command, reply, outcome) is { } violation)
            {
                return new FuzzOutcome(classes.ToString(), $"{command}: {violation}");
            }
        }

        return new FuzzOutcome(classes.ToString(), null);
    }

    private static string? Violation(string input, ScanCommand command, ClamdReply reply, ScanOutcome outcome)
    {
        var isExactOk = command switch
        {
            ScanCommand.None => false,
            ScanCommand.Instream => input == "stream: OK\0",
            ScanCommand.Fildes => DescriptorOk().IsMatch(input),
        };
        if (isExactOk != (reply.Kind is ReplyKind.Clean) || isExactOk != (outcome is ScanOutcome.Clean))
        {
            return "only an exact OK is clean";
        }

        if (reply.Text.Any(character => character is < ' ' or '\x7f'))
        {
            return "no text holds a control character";
        }

        if (reply.Kind is ReplyKind.Found
            && !(reply.Text.Length > 0 && input.EndsWith($": {reply.Text} FOUND\0", StringComparison.Ordinal)))
        {
            return "what was found is what the reply says";
        }

        if (reply.Kind is not ReplyKind.None && !(input.EndsWith('\0') || input == "COMMAND READ TIMED OUT\n"))
        {
            return "a reply without its end is none";
        }

        return ReplyOutcome.Detail(outcome, reply.Text).Length > 0 ? null : "every outcome has words";
    }

    [GeneratedRegex(@"\Afd\[[0-9]+\]: OK\0\z")]
    private static partial Regex DescriptorOk();
}
