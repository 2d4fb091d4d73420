import { InfraError } from "../../stdlib/base/errors.js";

/** `Status` of meta/v1, as a failed request answers it. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly {
      readonly reason: string;
      readonly message: string;
      readonly field?: string;
    }[];
    readonly retryAfterSeconds?: number;
  };
  readonly code?: number;
}

export type StatusReason =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "MethodNotAllowed"
  | "NotAcceptable"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Expired"
  | "Invalid"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "TooManyRequests"
  | "Timeout"
  | "InternalError"
  | "NonZeroExitCode"
  | "ServiceUnavailable";

/** The API server refused a request; carries its whole Status. */
export class ApiStatusError extends InfraError {
  readonly code = "api-status";
  readonly status: Status;

  constructor(status: Status, options: { cause?: unknown } = {}) {
    super(status.message ?? status.reason ?? "The API server refused the request", options);
    this.status = status;
  }

  get reason(): StatusReason | undefined {
    return this.status.reason;
  }
}

export function isApiError(error: unknown, reason: StatusReason): boolean {
  return error instanceof ApiStatusError && error.reason === reason;
}
