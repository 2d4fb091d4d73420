import { Deployment } from "infra/k8s";

export const site = Deployment;
