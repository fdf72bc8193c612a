"""The API's six reads in their plainest form, model instances and JsonResponse: what bench_api compares with."""
