-- Which request a task belongs to, and the span that made it: what every due step of it carries.

alter table tasker.tasks
  add column correlation_id        uuid not null,
  add column parent_correlation_id uuid,
  add column traceparent           text,
  add column tracestate            text,
  add column baggage               text;

create index tasks_correlation on tasker.tasks (correlation_id);
create index tasks_parent_correlation on tasker.tasks (parent_correlation_id) where parent_correlation_id is not null;
create index tasks_correlation_pair on tasker.tasks (parent_correlation_id, correlation_id)
  where parent_correlation_id is not null;
