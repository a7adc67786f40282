using System.Text.Json;
using ClamProxy.Access;
using ClamProxy.Core.Requests;
using ClamProxy.Management;
using ClamProxy.Problems;

namespace ClamProxy.Admin;

/// <summary>
/// The admin API below <c>/admin/v1</c> of the management port: what operators look up and change while the process runs (decision 0074).
/// <code>
///   request ──► 1 a page's? ──► 2 credentials ──► 3 which operation ──► 4 its body ──► 5 done, and told in the audit log
/// </code>
/// </summary>
internal sealed class AdminApi(
    AdminOperation[] operations, AccessControl access, AdminDocument document, ILogger<AdminApi> logger)
{
    public const string Root = "/admin/v1";

    private const string DocumentPath = "/openapi.json";
    private const int MostBytes = 64 << 10;

    public static bool IsFor(HttpContext context) => context.Request.Path.StartsWithSegments(Root);

    public async Task AnswerAsync(HttpContext context)
    {
        // Queries are URLs that may hold a secret.
        ManagementEndpoints.LeaveOutOfTraces();
        var headers = context.Request.Headers;
        RequestId.Current = RequestId.Of(
            headers[RequestId.Field] is [var given] ? given : null, headers.TraceParent is [var parent] ? parent : null);
        context.Response.Headers[RequestId.Field] = RequestId.Current;

        // Step 1: a page's?
        if (AdminGuard.Refusal(context.Request, !access.IsOpen(AccessSurface.Management)) is { } refusal)
        {
            await WriteAsync(context, refusal);
            return;
        }

        // Step 2: credentials
        var client = context.Connection.RemoteIpAddress?.ToString();
        var admission = await access.AdmitAsync(AccessSurface.Management, headers, client, context.RequestAborted);
        if (admission.Outcome != AccessOutcome.Granted)
        {
            await RefuseAsync(context, admission.Outcome);
            return;
        }

        await AnswerAsync(context, context.Request.Path.Value![Root.Length..], admission.Name);
    }

    private async Task AnswerAsync(HttpContext context, string path, string? who)
    {
        // Step 3: which operation
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        if (path == DocumentPath && method == HttpMethods.Get)
        {
            await WriteAsync(context, StatusCodes.Status200OK, "application/json", document.Bytes);
            return;
        }

        var candidates = operations.Where(operation => operation.Is(path, out _)).ToList();
        if (candidates.Find(operation => operation.Method == method) is not { } found)
        {
            await WriteAsync(context, candidates.Count == 0 ? NotFound() : WrongMethod(context, candidates));
            return;
        }

        // Step 4: its body
        var (body, problem) = await ReadAsync(context, found);
        _ = found.Is(path, out var id);
        var request = new AdminRequest(context.Request.Query, id, body, who);
        if (problem is not null)
        {
            Audit(context, found, request, problem.Kind);
            await WriteAsync(context, problem);
            return;
        }

        // Step 5: done, and told
        await RunAsync(context, found, request);
    }

    private async Task RunAsync(HttpContext context, AdminOperation operation, AdminRequest request)
    {
        AdminAnswer answer;
        try
        {
            answer = await operation.RunAsync(request, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // It may be half done, or done.
            Audit(context, operation, request, "client-gone");
            throw;
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            logger.Broke(operation.Id, e);
            answer = AdminAnswer.Broken;
        }

        Audit(context, operation, request, answer.Problem?.Kind ?? "done");
        await (answer.Problem is { } problem
            ? WriteAsync(context, problem)
            : WriteAsync(
                context,
                StatusCodes.Status200OK,
                "application/json",
                JsonSerializer.SerializeToUtf8Bytes(answer.Value, answer.Type!)));
    }

    private void Audit(HttpContext context, AdminOperation operation, AdminRequest request, string outcome)
    {
        if (operation.IsChange)
        {
            logger.Changed(
                PlainWord.Of(request.Who),
                PlainWord.Of(context.Connection.RemoteIpAddress?.ToString()),
                operation.Id,
                PlainWord.Of(request.Target),
                outcome);
        }
    }

    private static async Task<(object? Body, Problem? Problem)> ReadAsync(HttpContext context, AdminOperation operation)
    {
        if (operation.Body is not { } type)
        {
            return (null, null);
        }

        if (!context.Request.HasJsonContentType())
        {
            return (null, new Problem(
                StatusCodes.Status415UnsupportedMediaType, "not-json", "Not JSON",
                $"Send Content-Type: application/json and a body such as {operation.Sample}"));
        }

        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MostBytes)
        {
            return (null, new Problem(StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", $"{MostBytes} bytes at most."));
        }

        try
        {
            if (JsonSerializer.Deserialize(length == 0 ? "{}"u8 : buffer.AsSpan(0, length), type) is { } body)
            {
                return (body, null);
            }
        }
        catch (JsonException)
        {
            // What it brought is not repeated: it may be a secret in the wrong place.
        }

        return (null, BadRequest.Of($"The body is not what is taken here. A right one looks like {operation.Sample}"));
    }

    private static Task RefuseAsync(HttpContext context, AccessOutcome outcome)
    {
        if (outcome == AccessOutcome.Busy)
        {
            context.Response.Headers.RetryAfter = "5";
            return WriteAsync(context, new Problem(
                StatusCodes.Status503ServiceUnavailable, "busy", "Busy", "Too many passwords are being checked; come back in 5 seconds."));
        }

        context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
        return WriteAsync(context, new Problem(
            StatusCodes.Status401Unauthorized, "credentials-needed", "Credentials needed",
            "Send Basic or Bearer credentials of MANAGEMENT_CREDENTIALS in Authorization."));
    }

    private Problem NotFound() => new(
        StatusCodes.Status404NotFound, "not-found", "Not found",
        $"There is nothing here. Below {Root}: GET {DocumentPath}, "
            + string.Join(", ", operations.Select(operation => $"{operation.Method} {operation.Path}")) + ".");

    private static Problem WrongMethod(HttpContext context, IEnumerable<AdminOperation> operations)
    {
        var allowed = string.Join(", ", operations.Select(operation => operation.Method == "GET" ? "GET, HEAD" : operation.Method));
        context.Response.Headers.Allow = allowed;
        return new(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", $"This path takes {allowed}.");
    }

    private static Task WriteAsync(HttpContext context, Problem problem)
    {
        var (type, body) = ProblemWriter.Render(problem, ProblemForm.Json);
        return WriteAsync(context, problem.Status, type, body);
    }

    private static async Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
