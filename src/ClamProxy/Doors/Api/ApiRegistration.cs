using ClamProxy.Access;
using ClamProxy.Doors.Api.Monitoring;
using ClamProxy.Doors.Api.OpenApi;
using ClamProxy.Doors.Api.Pages;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Api;

internal static class ApiRegistration
{
    public static IServiceCollection AddApiDoor(this IServiceCollection services, ApiOptions options) => services
        .AddRouting()
        .AddApiDocument()
        .AddSingleton(options)
        .AddSingleton<ApiReply>()
        .AddSingleton<ApiHosts>()
        .AddSingleton<ApiAdmission>()
        .AddSingleton<UploadReader>()
        .AddSingleton<Uploads>()
        .AddSingleton<ScanEndpoint>()
        .AddSingleton<UploadEndpoint>()
        .AddSingleton<ScanUrlEndpoint>()
        .AddSingleton<ResultEndpoint>()
        .AddSingleton<FileEndpoint>()
        .AddSingleton<VerdictEndpoint>()
        .AddSingleton<MonitorEndpoint>()
        .AddSingleton<WebhookEndpoint>()
        .AddSingleton<ApiDoor>();

    /// <summary>Adds <c>POST /events</c>, for flows that have webhooks as their source.</summary>
    public static IServiceCollection AddEventEndpoint(this IServiceCollection services) => services.AddSingleton<EventEndpoint>();

    /// <summary>Answers on the API's listener, and there nothing else. Call it before the proxy's door.</summary>
    public static WebApplication MapApiDoor(this WebApplication application)
    {
        application.MapWhen(ApiConnection.Carries, api =>
        {
            api.UseTracking("api");
            api.UseRouting();
            api.Use(RefuseWrongMethodAsync);
            api.UseEndpoints(Map);
            api.Run(NotFoundAsync);
        });
        return application;
    }

    /// <summary>All endpoints. What a client may ask for is described in <see cref="ApiOperations"/>, and so in the document.</summary>
    private static void Map(IEndpointRouteBuilder api)
    {
        Get(api, "/heartbeat", ApiRights.None, context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }).Describe(ApiOperations.Heartbeat);
        Post(api, "/scan", ApiRights.Scan, context => Of<ScanEndpoint>(context).AnswerAsync(context)).Describe(ApiOperations.Scan);
        Post(api, "/scan/url", ApiRights.Scan, context => Of<ScanUrlEndpoint>(context).AnswerAsync(context))
            .Describe(ApiOperations.ScanUrl);
        Post(api, "/upload", ApiRights.Scan, context => Of<UploadEndpoint>(context).AnswerAsync(context)).Describe(ApiOperations.Upload);
        Get(api, "/result/{id}", ApiRights.Read, context => Of<ResultEndpoint>(context).AnswerOneAsync(context, Id(context)))
            .Describe(ApiOperations.Result);
        Get(api, "/results", ApiRights.Read, context => Of<ResultEndpoint>(context).AnswerPageAsync(context))
            .Describe(ApiOperations.Results);
        Get(api, "/download/{id}", ApiRights.Read, context => Of<FileEndpoint>(context).DownloadAsync(context, Id(context)))
            .Describe(ApiOperations.Download);
        Get(api, "/verdicts/{sha256}", ApiRights.Read, context => Of<VerdictEndpoint>(context).AnswerAsync(context, Id(context, "sha256")))
            .Describe(ApiOperations.Verdict);
        Delete(api, "/files/{id}", ApiRights.Delete, context => Of<FileEndpoint>(context).DeleteAsync(context, Id(context)))
            .Describe(ApiOperations.Delete);
        Get(api, "/monitor", ApiRights.Read, context => Of<MonitorEndpoint>(context).AnswerAsync(context))
            .Describe(ApiOperations.Monitor);
        Post(api, "/webhooks/subscribe", ApiRights.Read, context => Of<WebhookEndpoint>(context).SubscribeAsync(context))
            .Describe(ApiOperations.Subscribe);
        Post(api, "/webhooks/unsubscribe", ApiRights.Read, context => Of<WebhookEndpoint>(context).UnsubscribeAsync(context))
            .Describe(ApiOperations.Unsubscribe);
        Get(api, "/webhooks/{id}", ApiRights.Read, context => Of<WebhookEndpoint>(context).ListAsync(context, Id(context)))
            .Describe(ApiOperations.Webhooks);
        api.MapPages();
        if (api.ServiceProvider.GetService<EventEndpoint>() is not null)
        {
            MapEvents(api, "/events");
            MapEvents(api, "/events/{flow}");
        }
    }

    /// <summary>Only where a flow has webhooks as its source. It is for stores, not for clients: the document does not list it.</summary>
    private static void MapEvents(IEndpointRouteBuilder api, string pattern) => api.MapMethods(
        pattern,
        ["HEAD", "POST"],
        context => Of<ApiDoor>(context).HandleEventAsync(
            context, () => Of<EventEndpoint>(context).AnswerAsync(context, (string?)context.Request.RouteValues["flow"])));

    private static IEndpointConventionBuilder Get(
        IEndpointRouteBuilder api, string pattern, ApiRights right, Func<HttpContext, Task> answer) =>
        Map(api, pattern, ["GET", "HEAD"], right, answer);

    private static IEndpointConventionBuilder Post(
        IEndpointRouteBuilder api, string pattern, ApiRights right, Func<HttpContext, Task> answer) =>
        Map(api, pattern, ["POST"], right, answer);

    private static IEndpointConventionBuilder Delete(
        IEndpointRouteBuilder api, string pattern, ApiRights right, Func<HttpContext, Task> answer) =>
        Map(api, pattern, ["DELETE"], right, answer);

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder api, string pattern, string[] methods, ApiRights right, Func<HttpContext, Task> answer) =>
        api.MapMethods(pattern, methods, context => HandleAsync(context, right, () => answer(context))).List(answer.Method);

    private static Task HandleAsync(HttpContext context, ApiRights right, Func<Task> answer) =>
        Of<ApiDoor>(context).HandleAsync(context, right, answer);

    /// <summary>Routing has an endpoint of its own where a path has other methods only; it sets Allow and no body.</summary>
    private static Task RefuseWrongMethodAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint() is { RequestDelegate: { } wrongMethod } and not RouteEndpoint
            ? HandleAsync(context, ApiRights.None, async () =>
            {
                await wrongMethod(context);
                await Of<ApiReply>(context).WrongMethodAsync(context);
            })
            : next(context);

    private static Task NotFoundAsync(HttpContext context) => HandleAsync(context, ApiRights.None, () =>
        Of<ApiReply>(context).NotFoundAsync(
            context, "There is nothing here: POST /scan, POST /scan/url, POST /upload, GET /result/{id}, GET /results, GET /download/{id}, "
                + "DELETE /files/{id}, GET /verdicts/{sha256}, POST /webhooks/subscribe, POST /webhooks/unsubscribe, GET /webhooks/{id}. "
                + "GET /docs describes them."));

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    private static string Id(HttpContext context, string name = "id") => (string)context.Request.RouteValues[name]!;
}
